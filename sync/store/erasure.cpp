// SPDX-License-Identifier: Apache-2.0
#include "sync/store/erasure.hpp"

#include "sync/base/json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view title = "montbrillant event erasure";
constexpr std::int64_t certificate_version = 1;

Json json_of(const ErasureCertificate::Place& place)
{
    return {{"seq", place.seq}, {"hash", to_hex(place.hash)}};
}

/// All but the signature.
Json json_of(const ErasureCertificate& c)
{
    Json files = Json::array();
    for (const auto& file : c.files)
        files.push_back({{"name", file.name}, {"bytes", file.bytes}});
    return {{"certificate", title},
            {"version", certificate_version},
            {"event", c.event.str()},
            {"device", c.device.str()},
            {"erased_at", rfc3339(c.at)},
            {"erased_by", c.by},
            {"why", c.why},
            {"closed_at", rfc3339(c.closed_at)},
            {"journal", {{"before", json_of(c.before)}, {"after", json_of(c.after)}}},
            {"erased",
             {{"records", c.records},
              {"delegate_keys", c.delegate_keys},
              {"event_keys", c.event_keys},
              {"sheets", c.sheets}}},
            {"checked",
             {{"records_tried", c.records_tried},
              {"records_opened", c.records_opened},
              {"texts", c.texts},
              {"texts_found", c.texts_found},
              {"files", std::move(files)}}},
            {"device_key", to_hex(c.device_key)}};
}

/// Getters that note what is missing.
class Reader {
public:
    Reader(const Json& object, std::string file) : object_(object), file_(std::move(file)) {}

    std::string text(std::string_view path)
    {
        const Json* value = at(path);
        return value != nullptr && value->is_string() ? value->get<std::string>() : miss<std::string>(path);
    }
    std::uint64_t number(std::string_view path)
    {
        const Json* value = at(path);
        return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>()
                                                               : miss<std::uint64_t>(path);
    }
    WallTime time(std::string_view path)
    {
        // rfc3339 writes milliseconds, which from_rfc3339 does not read.
        std::string written = text(path);
        if (const auto dot = written.find('.'); dot != std::string::npos)
            written = written.substr(0, dot) + "Z";
        const auto read = from_rfc3339(written);
        return read ? *read : miss<WallTime>(path);
    }
    template <std::size_t N> void bytes(std::string_view path, std::array<std::uint8_t, N>& into)
    {
        const auto raw = from_hex(text(path));
        if (raw && raw->size() == N)
            std::copy(raw->begin(), raw->end(), into.begin());
        else
            static_cast<void>(miss<int>(path));
    }
    std::vector<std::string> texts(std::string_view path)
    {
        std::vector<std::string> all;
        const Json* list = at(path);
        if (list == nullptr || !list->is_array())
            return miss<std::vector<std::string>>(path);
        for (const Json& one : *list)
            all.push_back(one.is_string() ? one.get<std::string>() : miss<std::string>(path));
        return all;
    }
    const Json* at(std::string_view path) const
    {
        const auto pointer = Json::json_pointer(std::string(path));
        return object_.contains(pointer) ? &object_.at(pointer) : nullptr;
    }
    [[nodiscard]] Result<> finish() const
    {
        return missing_.empty()
                   ? Result<>()
                   : Result<>(fail(ErrorKind::input, fmt::format("\"{}\" is missing or mistyped", missing_),
                                   file_));
    }

private:
    template <class T> T miss(std::string_view path)
    {
        if (missing_.empty())
            missing_ = path;
        return {};
    }

    const Json& object_;
    std::string file_;
    std::string missing_;
};

void read_checked(Reader& read, ErasureCertificate& c)
{
    c.records_tried = read.number("/checked/records_tried");
    c.records_opened = read.number("/checked/records_opened");
    c.texts = read.number("/checked/texts");
    c.texts_found = read.number("/checked/texts_found");
    const Json* files = read.at("/checked/files");
    for (std::size_t i = 0; files != nullptr && files->is_array() && i < files->size(); ++i)
        c.files.push_back({read.text(fmt::format("/checked/files/{}/name", i)),
                           read.number(fmt::format("/checked/files/{}/bytes", i))});
}

ErasureCertificate read_all(Reader& read)
{
    ErasureCertificate c;
    c.event = EventId(read.text("/event"));
    c.device = DeviceId(read.text("/device"));
    c.at = read.time("/erased_at");
    c.by = read.text("/erased_by");
    c.why = read.text("/why");
    c.closed_at = read.time("/closed_at");
    c.before.seq = read.number("/journal/before/seq");
    read.bytes("/journal/before/hash", c.before.hash);
    c.after.seq = read.number("/journal/after/seq");
    read.bytes("/journal/after/hash", c.after.hash);
    c.records = read.number("/erased/records");
    c.delegate_keys = read.number("/erased/delegate_keys");
    c.event_keys = read.texts("/erased/event_keys");
    c.sheets = read.texts("/erased/sheets");
    read_checked(read, c);
    read.bytes("/device_key", c.device_key);
    read.bytes("/signature", c.signature);
    return c;
}

std::string place_text(const ErasureCertificate::Place& place)
{
    return fmt::format("{} {}", place.seq, to_hex(place.hash));
}

} // namespace

std::string write_certificate(ErasureCertificate& certificate, const crypto::SecretKey& device)
{
    Json object = json_of(certificate);
    certificate.signature = crypto::sign(device, as_bytes(dump_json(object)));
    object["signature"] = to_hex(certificate.signature);
    return dump_json(object);
}

Result<ErasureCertificate> read_certificate(std::string_view text, const std::string& file)
{
    MB_TRY(Json object, parse_json(text, file));
    if (json_text_or(object, "certificate", "") != title)
        return fail(ErrorKind::input, "is no certificate of an erasure", file);
    if (json_int_or(object, "version", 0) != certificate_version)
        return fail(ErrorKind::input, "is of a version that this program does not know", file);
    Reader read(object, file);
    ErasureCertificate certificate = read_all(read);
    MB_CHECK(read.finish());
    // Over what was written, members that this program does not know included.
    object.erase("signature");
    if (!crypto::verify(certificate.device_key, as_bytes(dump_json(object)), certificate.signature))
        return fail(ErrorKind::refused, "the signature does not fit: the certificate was changed", file);
    return certificate;
}

std::string text_of(const ErasureCertificate& c)
{
    std::string text =
        fmt::format("ERASURE OF PERSONAL DATA\n"
                    "event        {}\ndevice       {}\nerased       {} by {}\n{}closed       {}\n\n"
                    "deleted      {} sealed records, {} keys of delegates\n"
                    "             {}\n",
                    c.event.str(), c.device.str(), rfc3339(c.at), c.by,
                    c.why.empty() ? "" : fmt::format("before time  {}\n", c.why), rfc3339(c.closed_at),
                    c.records, c.delegate_keys, fmt::join(c.event_keys, ", "));
    if (!c.sheets.empty())
        text += fmt::format("             {} printed badges in files\n", c.sheets.size());
    text += fmt::format("\nchecked      {} of {} records of before opened with the folder as it is now\n"
                        "             {} places with one of {} texts of people, in {} files:\n",
                        c.records_opened, c.records_tried, c.texts_found, c.texts, c.files.size());
    for (const auto& file : c.files)
        text += fmt::format("             {:>12} bytes  {}\n", file.bytes, file.name);
    text += fmt::format("\nwhat stays   facts with ids, and statistics\n"
                        "log before   {}\nlog after    {}\ndevice key   {}\nsignature    {}\n",
                        place_text(c.before), place_text(c.after), to_hex(c.device_key), to_hex(c.signature));
    return text;
}

} // namespace montbrillant
