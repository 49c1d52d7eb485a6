// SPDX-License-Identifier: Apache-2.0
#include "kiosk/i18n/messages.hpp"

#include "kiosk/i18n/catalog.hpp"

#include <algorithm>

namespace montbrillant::i18n {

namespace {

constexpr std::string_view first_strong_isolate = "\u2068";
constexpr std::string_view pop_isolate = "\u2069";

std::string fill(std::string_view pattern, std::initializer_list<Arg> args, bool isolate)
{
    std::string out;
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        out += pattern.substr(0, open);
        if (open == std::string_view::npos)
            break;
        pattern.remove_prefix(open);
        const auto close = pattern.find('}');
        const auto name = close == std::string_view::npos ? std::string_view{} : pattern.substr(1, close - 1);
        const auto* arg =
            std::find_if(args.begin(), args.end(), [&](const Arg& a) { return a.name == name; });
        if (arg == args.end()) {
            out += '{';
            pattern.remove_prefix(1);
            continue;
        }
        if (isolate)
            out.append(first_strong_isolate).append(arg->value).append(pop_isolate);
        else
            out += arg->value;
        pattern.remove_prefix(close + 1);
    }
    return out;
}

} // namespace

std::string_view text(Language language, Id id) { return catalog_form(language, id, 0); }

std::string format(Language language, Id id, std::initializer_list<Arg> args)
{
    return fill(text(language, id), args, true);
}

std::string plural(Language language, Id id, long n)
{
    const auto count = static_cast<unsigned long>(std::max(n, 0L));
    const auto digits = std::to_string(count);
    return fill(catalog_form(language, id, catalog_plural(language, count)), {{"n", digits}}, false);
}

} // namespace montbrillant::i18n
