// SPDX-License-Identifier: Apache-2.0
#include "tests/badge/render/samples.hpp"

#include <stdexcept>

namespace montbrillant::test {
namespace {

constexpr std::string_view photo_hex =
    "ffd8ffe000104a46494600010100000100010000ffdb004300100b0c0e0c0a100e0d0e1211101318281a181616"
    "183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763ff"
    "db0043011112121815182f1a1a2f63423842636363636363636363636363636363636363636363636363636363"
    "6363636363636363636363636363636363636363636363ffc00011080040003003012200021101031101ffc400"
    "160001010100000000000000000000000000020304ffc400161000030000000000000000000000000000000102"
    "ffc4001801010003010000000000000000000000000200030405ffc40016110003000000000000000000000000"
    "0000000102ffda000c03010002110311003f009291291a91292f6c73415225225235206cd13415225225235216"
    "cbe68cea46a44a44a48d9ca9a0a91a9129129036689a0a91291a91290b65f344148948948d491b395341522522"
    "5235206cbe680a46a44a44a42d9a2688291a9129129236726682a44a46a44a40d9a2682a44a44a46a42d9a268f"
    "ffd9";

struct Who {
    Language language;
    const char* name;
    const char* latin;
    const char* organization;
    const char* delegation;
    const char* category;
    const char* word;
    const char* role;
    const char* role_word;
    bool has_photo;
};

BadgeContent badge_of(const Who& who)
{
    BadgeContent out;
    out.event = {"ITU-T Study Group 20", "Geneva, 4–15 September 2017"};
    out.name = who.name;
    out.latin_name = who.latin;
    out.organization = who.organization;
    out.delegation = who.delegation;
    out.category = who.category;
    out.category_word = who.word;
    out.role = who.role;
    out.role_word = who.role_word;
    out.badge = BadgeId("B7K2QX9M4T0ZRWE5H3JVA");
    out.language = who.language;
    if (who.has_photo)
        out.photo = photo();
    return out;
}

} // namespace

Layout a6()
{
    auto layout = load_layout(std::filesystem::path(MONTBRILLANT_LAYOUTS) / "a6.json");
    if (!layout)
        throw std::runtime_error(layout.error().text());
    return *std::move(layout);
}

Bytes photo() { return from_hex(photo_hex).value(); }

std::vector<BadgeContent> people()
{
    return {
        badge_of({Language::ar, "ناصر صالح المرزوقي", "Nasser Saleh Al Marzouqi",
                  "هيئة تنظيم الاتصالات والحكومة الرقمية", "الإمارات العربية المتحدة", "member_state",
                  "دولة عضو", "chair", "الرئيس", false}),
        badge_of({Language::zh, "王小明", "Xiaoming Wang", "中国信息通信研究院", "中国", "sector_member",
                  "部门成员", "", "", true}),
        badge_of({Language::en, "Amina Okonkwo-Fairbanks", "", "Ministry of Communications", "Nigeria",
                  "member_state", "Member State", "head", "Head of delegation", false}),
        badge_of({Language::fr, "Élodie Tremblay-Gagné", "", "École polytechnique fédérale de Lausanne",
                  "Suisse", "academia", "Établissement universitaire", "", "", true}),
        badge_of({Language::ru, "Александра Константинопольская", "Aleksandra Konstantinopolskaya",
                  "Министерство цифрового развития, связи и массовых коммуникаций", "Российская Федерация",
                  "sme_pilot", "МСП (пилотный проект)", "", "", false}),
        badge_of({Language::es, "José Ñúñez", "", "Telefónica", "España", "associate", "Asociado",
                  "rapporteur", "Relator", true}),
        // Rare Han characters, Vietnamese, Greek, Ethiopic, Georgian, Devanagari.
        badge_of({Language::zh, "𠮷田㐀", "Yoshida", "测试", "日本", "press", "新闻", "", "", false}),
        badge_of({Language::en, "Nguyễn Thị Hương", "", "Ελληνική Εταιρεία", "Ethiopia ኢትዮጵያ", "invited",
                  "საქართველო भारत", "", "", false}),
    };
}

std::vector<BadgeContent> long_people()
{
    return {
        badge_of(
            {Language::en, "Wolfeschlegelsteinhausenbergerdorff-Fernández de la Concepción y Montemayor",
             "Wolfeschlegelsteinhausenbergerdorff Fernandez de la Concepcion",
             "International Federation of Library Associations and Institutions, Working Group on Digital "
             "Object Identifiers and Persistent Naming",
             "United Kingdom of Great Britain and Northern Ireland", "sector_member", "Sector Member",
             "vice_chair", "Vice-chair", false}),
        badge_of({Language::ar, "عبد الرحمن بن محمد بن عبد الله بن عبد العزيز آل الشيخ القحطاني",
                  "Abdulrahman bin Mohammed bin Abdullah bin Abdulaziz Al-Sheikh Al-Qahtani",
                  "الهيئة العامة للاتصالات وتقنية المعلومات والتحول الرقمي وحماية البيانات الشخصية",
                  "المملكة العربية السعودية", "member_state", "دولة عضو", "head", "رئيس الوفد", true}),
        badge_of({Language::zh, "阿卜杜热西提·阿卜杜热合曼·买买提", "Abdurishit Abdurahman Muhammad",
                  "中华人民共和国工业和信息化部国际合作司多边关系与标准化战略研究处", "中华人民共和国",
                  "member_state", "成员国", "deputy_head", "代表团副团长", true}),
        badge_of({Language::ru, "Анна-Мария Рождественская-Преображенская", "Anna-Maria Rozhdestvenskaya",
                  "Федеральное государственное бюджетное образовательное учреждение высшего образования "
                  "Санкт-Петербургский государственный университет телекоммуникаций",
                  "Российская Федерация", "academia", "Академическая организация", "", "", true}),
    };
}

} // namespace montbrillant::test
