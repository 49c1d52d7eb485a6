// SPDX-License-Identifier: Apache-2.0
#include "badge/layout/layout.hpp"
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <initializer_list>
#include <set>

namespace montbrillant {
namespace {

constexpr std::size_t name_bytes_max = 60;
constexpr std::size_t list_items_max = 30;
constexpr std::size_t palette_max = 40;
constexpr double slack_mm = 1e-6;

/// One JSON object read strictly. The first error is kept and the rest of the reading goes on with
/// fall-backs; `finish` gives it back, or names a field that nobody asked for.
class Fields {
public:
    Fields(const Json& object, std::string where) : object_(&object), where_(std::move(where))
    {
        if (!object.is_object())
            note("must be an object");
    }

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] bool has(const char* key) const { return object_->is_object() && object_->contains(key); }

    const Json* get(const char* key, bool required)
    {
        used_.insert(key);
        if (!has(key)) {
            if (required)
                note(fmt::format("\"{}\" is missing", key));
            return nullptr;
        }
        return &(*object_)[key];
    }

    double number(const char* key, double min, double max, std::optional<double> fallback = {})
    {
        const Json* value = get(key, !fallback);
        if (value == nullptr)
            return fallback.value_or(min);
        const double given = value->is_number() ? value->get<double>() : NAN;
        if (!(given >= min && given <= max)) {
            reject(key, fmt::format("must be a number from {} to {}", min, max));
            return min;
        }
        return given;
    }

    std::string text(const char* key, std::size_t bytes_max, std::optional<std::string> fallback = {})
    {
        const Json* value = get(key, !fallback);
        if (value == nullptr)
            return fallback.value_or("");
        if (!value->is_string() || value->get_ref<const std::string&>().size() > bytes_max) {
            reject(key, fmt::format("must be a text of at most {} bytes", bytes_max));
            return {};
        }
        return value->get<std::string>();
    }

    bool boolean(const char* key, bool fallback)
    {
        const Json* value = get(key, false);
        if (value != nullptr && !value->is_boolean())
            reject(key, "must be true or false");
        return value != nullptr && value->is_boolean() ? value->get<bool>() : fallback;
    }

    template <class T>
    T choice(const char* key, std::initializer_list<std::pair<std::string_view, T>> choices, T fallback)
    {
        const std::string given = has(key) ? text(key, name_bytes_max) : std::string();
        if (given.empty() && !has(key))
            return fallback;
        std::string known;
        for (const auto& [name, value] : choices) {
            if (name == given)
                return value;
            known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
        }
        reject(key, "must be one of " + known);
        return fallback;
    }

    std::vector<std::string> list(const char* key)
    {
        const Json* value = get(key, false);
        std::vector<std::string> out;
        if (value == nullptr)
            return out;
        const bool good =
            value->is_array() && !value->empty() && value->size() <= list_items_max &&
            std::ranges::all_of(*value, [](const Json& item) {
                return item.is_string() && item.get_ref<const std::string&>().size() <= name_bytes_max;
            });
        if (!good) {
            reject(key, fmt::format("must be a list of 1 to {} short texts", list_items_max));
            return out;
        }
        return value->get<std::vector<std::string>>();
    }

    void reject(std::string_view key, std::string_view what) { note(fmt::format("\"{}\" {}", key, what)); }
    void note(std::string what) { note(Error{ErrorKind::input, std::move(what), where_, {}}); }
    void note(Error error)
    {
        if (!error_)
            error_ = std::move(error);
    }

    Result<> finish()
    {
        if (error_)
            return fail(*error_);
        for (const auto& [key, value] : object_->items()) {
            if (!used_.contains(key))
                return fail(ErrorKind::input, fmt::format("\"{}\" is not a field here", key), where_,
                            "the schema layout.schema.json lists the fields");
        }
        return {};
    }

private:
    const Json* object_;
    std::string where_;
    std::set<std::string, std::less<>> used_;
    std::optional<Error> error_;
};

std::optional<Rgb> rgb_from(std::string_view text)
{
    if (text.size() != 7 || text.front() != '#')
        return std::nullopt;
    const auto bytes = from_hex(text.substr(1));
    if (!bytes)
        return std::nullopt;
    return Rgb{(*bytes)[0], (*bytes)[1], (*bytes)[2]};
}

Rgb read_rgb(Fields& in, const char* key)
{
    const auto rgb = rgb_from(in.text(key, name_bytes_max));
    if (!rgb)
        in.reject(key, "must be a colour such as \"#0B5394\"");
    return rgb.value_or(Rgb{});
}

Color read_color(Fields& in, Color fallback)
{
    if (!in.has("color"))
        return fallback;
    const std::string text = in.text("color", name_bytes_max);
    if (text == "category")
        return PaletteColor::ground;
    if (text == "on-category")
        return PaletteColor::text;
    if (const auto rgb = rgb_from(text))
        return *rgb;
    in.reject("color", "must be a colour such as \"#0B5394\", \"category\" or \"on-category\"");
    return fallback;
}

Box read_box(Fields& in, double width_mm, double height_mm)
{
    Box box;
    const Json* value = in.get("box", true);
    if (value == nullptr)
        return box;
    const bool four = value->is_array() && value->size() == 4 &&
                      std::ranges::all_of(*value, [](const Json& item) { return item.is_number(); });
    if (!four) {
        in.reject("box", "must be [x, y, width, height] in millimetres");
        return box;
    }
    box = {(*value)[0].get<double>(), (*value)[1].get<double>(), (*value)[2].get<double>(),
           (*value)[3].get<double>()};
    if (!(box.x >= 0 && box.y >= 0 && box.width >= 0 && box.height >= 0 &&
          box.x + box.width <= width_mm + slack_mm && box.y + box.height <= height_mm + slack_mm))
        in.reject("box", fmt::format("lies outside the sheet of {} x {} mm", width_mm, height_mm));
    return box;
}

Fit read_fit(Fields& in)
{
    Fit fit;
    const Json* value = in.get("fit", true);
    if (value == nullptr)
        return fit;
    Fields fields(*value, in.where() + ", fit");
    fit.max_pt = fields.number("max", 4, 200);
    fit.min_pt = fields.number("min", 4, 200);
    const double lines = fields.number("lines", 1, 20, 1);
    fit.lines = static_cast<int>(lines);
    if (fit.lines != lines)
        fields.reject("lines", "must be a whole number");
    if (fit.min_pt > fit.max_pt)
        fields.reject("min", "must not be above \"max\"");
    if (auto done = fields.finish(); !done)
        in.note(done.error());
    return fit;
}

When read_when(Fields& in)
{
    When when;
    const Json* value = in.get("when", false);
    if (value == nullptr)
        return when;
    Fields fields(*value, in.where() + ", when");
    when.category = fields.list("category");
    when.role = fields.list("role");
    when.flag = fields.list("flag");
    when.language = fields.list("language");
    when.has = fields.list("has");
    when.lacks = fields.list("lacks");
    for (const auto& code : when.language) {
        if (!language_from_code(code))
            fields.reject("language", fmt::format("knows no \"{}\"", code));
    }
    for (const auto* names : {&when.has, &when.lacks}) {
        for (const auto& name : *names) {
            if (!is_known_field(name))
                fields.reject(names == &when.has ? "has" : "lacks",
                              fmt::format("names no field of a badge: \"{}\"", name));
        }
    }
    if (auto done = fields.finish(); !done)
        in.note(done.error());
    return when;
}

void check_template(Fields& in, std::string_view text)
{
    while (!text.empty()) {
        const auto open = text.find('{');
        if (open == std::string_view::npos)
            return;
        const auto close = text.find('}', open);
        const auto name =
            close == std::string_view::npos ? text.substr(open + 1) : text.substr(open + 1, close - open - 1);
        if (close == std::string_view::npos || name == "photo" || !is_known_field(name))
            return in.reject("content", fmt::format("names no text field of a badge: \"{{{}\"", name));
        text.remove_prefix(close + 1);
    }
}

TextElement read_text(Fields& in)
{
    TextElement text;
    const Json* content = in.get("content", true);
    if (content != nullptr && content->is_object()) {
        Fields fields(*content, in.where() + ", content");
        for (const auto language : all_languages) {
            const std::string code(language_code(language));
            if (fields.has(code.c_str()))
                text.translations[language] = fields.text(code.c_str(), BadgeContent::text_bytes_max);
        }
        text.content = fields.text("en", BadgeContent::text_bytes_max);
        if (auto done = fields.finish(); !done)
            in.note(done.error());
    } else {
        text.content = in.text("content", BadgeContent::text_bytes_max);
    }
    check_template(in, text.content);
    for (const auto& [language, translation] : text.translations)
        check_template(in, translation);
    text.fit = read_fit(in);
    text.bold = in.boolean("bold", false);
    text.align = in.choice<Align>(
        "align", {{"start", Align::start}, {"center", Align::center}, {"end", Align::end}}, Align::start);
    text.vertical = in.choice<VerticalAlign>(
        "vertical",
        {{"top", VerticalAlign::top}, {"middle", VerticalAlign::middle}, {"bottom", VerticalAlign::bottom}},
        VerticalAlign::middle);
    text.leading = in.number("leading", 0.6, 2, 1);
    text.rotation = in.number("rotation", -180, 180, 0);
    text.opacity = in.number("opacity", 0.02, 1, 1);
    return text;
}

ImageElement read_image(Fields& in, const std::filesystem::path& folder)
{
    ImageElement image;
    image.file = in.text("file", 200);
    const std::filesystem::path path(image.file);
    if (path.empty() || path.filename() != path || path.extension() != ".png") {
        in.reject("file", "must name a .png file beside the layout");
        return image;
    }
    auto bytes = read_file(folder / path, Layout::image_bytes_max);
    if (!bytes) {
        in.reject("file", bytes.error().text());
        return image;
    }
    const auto view = as_bytes(*bytes);
    image.png = std::make_shared<const Bytes>(view.begin(), view.end());
    return image;
}

QrElement read_qr(Fields& in, const Box& box)
{
    QrElement qr{in.text("content", 300)};
    check_template(in, qr.content);
    if (std::abs(box.width - box.height) > slack_mm)
        in.reject("box", "of a QR code must be square");
    return qr;
}

Result<Element> read_element(const Json& json, const Layout& layout, const std::filesystem::path& folder,
                             const std::string& where)
{
    const std::string name = json_text_or(json, "name", "");
    Fields in(json, name.empty() ? where : fmt::format("{} (\"{}\")", where, name));
    Element element;
    element.name = in.text("name", name_bytes_max, where.substr(where.rfind(", ") + 2));
    element.box = read_box(in, layout.width_mm, layout.height_mm);
    element.when = read_when(in);
    const std::string type = in.text("type", name_bytes_max);
    if (type == "text") {
        element.what = read_text(in);
        element.color = read_color(in, Rgb{});
    } else if (type == "image") {
        element.what = read_image(in, folder);
    } else if (type == "photo") {
        element.what = PhotoElement{in.number("radius", 0, 50, 0)};
    } else if (type == "qr") {
        element.what = read_qr(in, element.box);
    } else if (type == "rect") {
        element.what = RectElement{in.number("radius", 0, 50, 0)};
        element.color = read_color(in, Rgb{});
    } else if (type == "band") {
        element.what = RectElement{in.number("radius", 0, 50, 0)};
        element.color = PaletteColor::ground;
    } else if (type == "line") {
        element.what = LineElement{in.number("stroke", 0.05, 20, 0.3)};
        element.color = read_color(in, Rgb{});
    } else {
        in.reject("type",
                  "must be one of \"text\", \"image\", \"photo\", \"qr\", \"rect\", \"band\", \"line\"");
    }
    MB_CHECK(in.finish());
    return element;
}

Result<std::vector<Element>> read_side(const Json* json, std::string_view side, const Layout& layout,
                                       const std::filesystem::path& folder, const std::string& where)
{
    std::vector<Element> out;
    if (json == nullptr)
        return out;
    if (!json->is_array() || json->size() > Layout::elements_max)
        return fail(ErrorKind::input,
                    fmt::format("\"{}\" must be a list of at most {} elements", side, Layout::elements_max),
                    where);
    for (std::size_t i = 0; i < json->size(); ++i) {
        MB_TRY(auto element, read_element((*json)[i], layout, folder,
                                          fmt::format("{}, {} element {}", where, side, i + 1)));
        out.push_back(std::move(element));
    }
    return out;
}

Result<> read_palette(const Json* json, Layout& layout, const std::string& where)
{
    const std::string here = where + ", palette";
    if (json == nullptr || !json->is_object() || json->size() > palette_max)
        return fail(ErrorKind::input, fmt::format("must be an object of at most {} categories", palette_max),
                    here);
    for (const auto& [category, value] : json->items()) {
        Fields in(value, fmt::format("{}, \"{}\"", here, category));
        PaletteEntry entry{read_rgb(in, "ground"), read_rgb(in, "text"), in.text("letter", 8)};
        if (entry.letter.empty())
            in.reject("letter", "must not be empty: colour never stands alone");
        const double ratio = contrast(entry.ground, entry.text);
        if (ratio < Layout::contrast_min)
            in.reject("text", fmt::format("has a contrast of {:.1f}:1 on \"ground\", less than {}:1", ratio,
                                          Layout::contrast_min));
        MB_CHECK(in.finish());
        layout.palette.emplace(category, std::move(entry));
    }
    if (!layout.palette.contains("default"))
        return fail(ErrorKind::input, "\"default\" is missing", here);
    return {};
}

} // namespace

Result<Layout> parse_layout(std::string_view json, const std::filesystem::path& folder,
                            const std::string& where)
{
    MB_TRY(const Json root, parse_json(json, where, {Layout::file_bytes_max, 12}));
    Fields in(root, where);
    if (root.is_object() && json_int_or(root, "version", 0) != Layout::version)
        in.reject("version", fmt::format("must be {}", Layout::version));
    in.get("version", true);
    in.get("$schema", false);
    Layout layout;
    layout.name = in.text("name", name_bytes_max);
    layout.media = in.text("media", name_bytes_max);
    layout.width_mm = in.number("width", 20, Layout::size_mm_max);
    layout.height_mm = in.number("height", 20, Layout::size_mm_max);
    layout.mirror_rtl = in.boolean("mirror_rtl", false);
    const Json* palette = in.get("palette", true);
    const Json* front = in.get("front", true);
    const Json* back = in.get("back", false);
    MB_CHECK(in.finish());
    MB_CHECK(read_palette(palette, layout, where));
    MB_TRY(layout.front, read_side(front, "front", layout, folder, where));
    MB_TRY(layout.back, read_side(back, "back", layout, folder, where));
    return layout;
}

Result<Layout> load_layout(const std::filesystem::path& file)
{
    MB_TRY(const std::string text, read_file(file, Layout::file_bytes_max));
    return parse_layout(text, file.parent_path(), file.filename().string());
}

} // namespace montbrillant
