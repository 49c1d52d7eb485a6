// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What stands on one badge, as plain texts: whoever knows people (desk) fills it, whoever draws (render)
/// reads it. Holds personal data: keep it no longer than the drawing takes.

#include "sync/base/bytes.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/language.hpp"

#include <set>
#include <string>
#include <vector>

namespace montbrillant {

/// All texts are UTF-8; an empty one is not drawn and leaves no gap where the layout says so.
struct BadgeContent {
    static constexpr std::size_t text_bytes_max = 1000;
    static constexpr std::size_t event_lines_max = 3;
    static constexpr std::size_t photo_bytes_max = 2U * 1024U * 1024U;

    std::vector<std::string> event; ///< title lines, the first the largest
    std::string name;               ///< as the person writes it, in the native script
    std::string latin_name;         ///< beside it; empty when `name` is Latin already
    std::string organization;
    std::string delegation; ///< its name in the badge's language: "France"

    std::string category;        ///< key of the layout's palette: "member_state"
    std::string category_word;   ///< "Member State", in the badge's language
    std::string category_letter; ///< "M": colour never stands alone
    std::string role;            ///< key for `when`: "head"; may be empty
    std::string role_word;       ///< "Head of delegation"; empty for plain delegates
    std::set<std::string> flags; ///< keys for `when`; what must not show is simply not put in

    BadgeId badge; ///< what the QR code holds
    Language language = Language::en;
    Bytes photo;      ///< JPEG as stored, embedded in the PDF unchanged; empty: none
    std::string day;  ///< a day badge's day: "Mon 4 Sep"
    std::string mark; ///< printed across a sheet that is not a badge: "VOID"
};

} // namespace montbrillant
