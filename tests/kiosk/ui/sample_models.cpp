// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/ui/sample_models.hpp"

#include <utility>

namespace montbrillant {

using flow::Device;
using flow::LendStep;
using flow::LockerStep;
using flow::Model;
using flow::Notice;
using flow::Screen;

namespace {

flow::Texts texts(const char* ar, const char* zh, const char* en, const char* fr, const char* ru,
                  const char* es)
{
    return {{ar, zh, en, fr, ru, es}};
}

flow::Settings settings()
{
    flow::Settings s;
    s.device = DeviceId{"K2"};
    s.event_title = texts("لجنة الدراسات 20 لقطاع تقييس الاتصالات: إنترنت الأشياء والمدن الذكية",
                          "国际电联电信标准化部门第20研究组：物联网与智慧城市",
                          "ITU-T Study Group 20: Internet of things and smart cities",
                          "Commission d’études 20 de l’UIT-T : Internet des objets et villes intelligentes",
                          "20-я Исследовательская комиссия МСЭ-Т: интернет вещей и умные города",
                          "Comisión de Estudio 20 del UIT-T: Internet de las cosas y ciudades inteligentes");
    s.event_place = texts("جنيف، مبنى مونبريان", "日内瓦，蒙布里昂大楼", "Geneva, Montbrillant building",
                          "Genève, bâtiment Montbrillant", "Женева, здание «Монбрийан»",
                          "Ginebra, edificio Montbrillant");
    s.today = "2017-09-04";
    s.wifi = {"ITUwifi", "itu@GVA1211"};
    return s;
}

/// Stands in for the rendered badge: paper with blocks where texts would be.
flow::Picture badge()
{
    constexpr int width = 840;
    constexpr int height = 1190;
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width) * height * 4, 255);
    const auto block = [&](int x, int y, int w, int h, std::uint32_t rgb) {
        for (int row = y; row < y + h; ++row) {
            for (int column = x; column < x + w; ++column) {
                auto* p = rgba.data() +
                          (static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)) * 4;
                p[0] = static_cast<std::uint8_t>(rgb >> 16U);
                p[1] = static_cast<std::uint8_t>(rgb >> 8U);
                p[2] = static_cast<std::uint8_t>(rgb);
            }
        }
    };
    block(0, 0, width, 170, 0x0B5394);
    block(60, 300, 720, 90, 0x14202B);
    block(60, 420, 520, 90, 0x14202B);
    block(60, 580, 400, 46, 0x485866);
    block(60, 860, 250, 250, 0x14202B);
    block(0, 1150, width, 40, 0x1B6E3C);
    return {width, height, std::make_shared<const std::vector<std::uint8_t>>(std::move(rgba))};
}

flow::PersonView person(Language language)
{
    flow::PersonView p;
    p.id = DelegateId{"R-10007"};
    p.name = "Щербакова-Преображенская Александра Константиновна";
    p.badge_name = "Aleksandra SHCHERBAKOVA-PREOBRAZHENSKAYA";
    p.organization = "Ministry of Digital Development, Communications and Mass Media";
    p.category_word =
        texts("دولة عضو", "成员国", "Member State", "État Membre", "Государство-член", "Estado Miembro");
    p.language = language;
    p.newcomer = true;
    return p;
}

class Samples {
public:
    explicit Samples(Language language) : language_(language)
    {
        blank_.settings = settings();
        blank_.language = language;
        blank_.minutes_to_opening = 45;
        blank_.now = MonoTime{101500};
        for (auto& device : blank_.devices)
            device.state = flow::DeviceHealth::State::ok;
        with_person_ = blank_;
        with_person_.person = person(language);
        with_person_.badge = badge();
        with_person_.printing.started = MonoTime{100000};
    }

    Model& add(std::string name, Screen screen, bool someone = false)
    {
        all_.push_back({std::move(name), someone ? with_person_ : blank_});
        all_.back().model.screen = screen;
        return all_.back().model;
    }

    void find();
    void badge_journey();
    void lockers();
    void staff();
    void elsewhere();
    [[nodiscard]] std::vector<Sample> take() { return std::move(all_); }

private:
    Language language_;
    Model blank_;
    Model with_person_;
    std::vector<Sample> all_;
};

void Samples::find()
{
    add("attract", Screen::attract);
    add("attract-open", Screen::attract).minutes_to_opening = -1;
    add("attract-hours", Screen::attract).minutes_to_opening = 15 * 60;
    auto& no_printer = add("attract-no-printer", Screen::attract);
    no_printer.devices[static_cast<std::size_t>(Device::printer)] = {flow::DeviceHealth::State::trouble,
                                                                     "no paper"};
    auto& no_reader = add("attract-no-reader", Screen::attract);
    no_reader.devices[static_cast<std::size_t>(Device::reader)] = {flow::DeviceHealth::State::trouble,
                                                                   "unplugged"};
    add("attract-broadcast", Screen::attract).broadcast =
        texts("انتقلت الجلسة العامة إلى القاعة C", "全体会议改在 C 会议室举行", "Plenary moved to room C",
              "La plénière a lieu en salle C", "Пленарное заседание перенесено в зал C",
              "La plenaria se traslada a la sala C");
    add("search", Screen::search);
    auto& rows = add("search-rows", Screen::search);
    rows.typed = "ALEK";
    rows.rows = {{DelegateId{"1"}, "Aleksandra SHCHERBAKOVA-PREOBRAZHENSKAYA",
                  "Ministry of Digital Development and Mass Media"},
                 {DelegateId{"2"}, "Alek… M…", "Orange"},
                 {DelegateId{"3"}, "王小明 WANG Xiaoming",
                  "China Academy of Information and Communications Technology"},
                 {DelegateId{"4"}, "محمد الأمين", "Ministère des Postes, des Télécommunications"},
                 {DelegateId{"5"}, "Alekseï ÉTIENNE", "Universidad Politécnica de Madrid"}};
    for (const auto notice : {Notice::code_unreadable, Notice::not_found, Notice::too_many}) {
        auto& told = add("search-notice-" + std::to_string(static_cast<int>(notice)), Screen::search);
        told.notice = notice;
        told.typed = "XY";
    }
    auto& code = add("verify-code", Screen::verify_code);
    code.typed = "7K";
    auto& wrong = add("verify-code-wrong", Screen::verify_code);
    wrong.notice = Notice::wrong_characters;
}

void Samples::badge_journey()
{
    add("confirm", Screen::confirm, true);
    add("confirm-drawing", Screen::confirm, true).badge.reset();
    auto& provisional = add("confirm-provisional", Screen::confirm, true);
    provisional.person->provisional = true;
    provisional.devices[static_cast<std::size_t>(Device::reader)] = {flow::DeviceHealth::State::trouble,
                                                                     "unplugged"};
    add("staff-release", Screen::staff_release, true);
    add("staff-release-other-badge", Screen::staff_release, true).notice = Notice::staff_only;
    add("printing", Screen::printing, true);
    add("printing-card-bound", Screen::printing, true).card_bound = true;
    add("printing-late", Screen::printing, true).now = MonoTime{120000};
    add("take-card", Screen::take_card, true).printing.printed = true;
    add("take-card-in-use", Screen::take_card, true).notice = Notice::card_in_use;
    auto& done = add("done", Screen::done, true);
    done.card_bound = true;
    done.next_session = texts("الجلسة الافتتاحية، القاعة ب، 09:30", "开幕全体会议，B 会议室，09:30",
                              "Opening plenary, room B, 09:30", "Plénière d’ouverture, salle B, 09:30",
                              "Открытие, зал B, 09:30", "Plenaria de apertura, sala B, 09:30");
    auto& plain = add("done-no-card", Screen::done, true);
    plain.person->newcomer = false;
    plain.person->bsg_trainee = true;
    plain.devices[static_cast<std::size_t>(Device::bank)] = {flow::DeviceHealth::State::trouble, "no answer"};
    auto& ticket = add("desk-ticket", Screen::desk_ticket, true);
    ticket.ticket = "K2-17";
    add("desk-ticket-without-number", Screen::desk_ticket, true).notice = Notice::trouble;
    auto& already = add("desk-ticket-already", Screen::desk_ticket, true);
    already.ticket = "K12-117";
    already.notice = Notice::already_has_badge;
}

void Samples::lockers()
{
    const std::vector<std::pair<std::string, LockerStep>> steps{{"tap", LockerStep::tap},
                                                                {"opening", LockerStep::opening},
                                                                {"opened", LockerStep::opened},
                                                                {"already-open", LockerStep::already_open},
                                                                {"jammed", LockerStep::jammed},
                                                                {"left-open", LockerStep::left_open},
                                                                {"wrong-door", LockerStep::wrong_door},
                                                                {"full", LockerStep::full},
                                                                {"offline", LockerStep::offline},
                                                                {"refused", LockerStep::refused},
                                                                {"elsewhere", LockerStep::elsewhere},
                                                                {"ask-empty", LockerStep::ask_empty},
                                                                {"close-door", LockerStep::close_door},
                                                                {"given-back", LockerStep::given_back}};
    for (const auto& [name, step] : steps) {
        auto& model = add("locker-" + name, Screen::locker, true);
        model.locker_step = step;
        model.door = "B14";
        if (step == LockerStep::refused)
            model.notice = Notice::card_revoked;
    }
}

void Samples::staff()
{
    const flow::StaffSession signed_in{DelegateId{"S-1"}, "Élodie Gevaert-Vandenbroucke", true, true};
    auto& pin = add("staff-sign-in", Screen::staff_sign_in);
    pin.staff = signed_in;
    pin.pin_digits = 3;
    auto& wrong = add("staff-sign-in-wrong", Screen::staff_sign_in);
    wrong.staff = signed_in;
    wrong.notice = Notice::pin_wrong;
    auto& menu = add("staff-menu", Screen::staff_menu);
    menu.staff = signed_in;
    menu.devices[static_cast<std::size_t>(Device::printer)] = {
        flow::DeviceHealth::State::trouble,
        "Printer 2: no paper. Tray under the slot; badges of K2-14 to K2-17 follow."};
    menu.devices[static_cast<std::size_t>(Device::bank)] = {};
    add("staff-menu-release-only", Screen::staff_menu).staff =
        flow::StaffSession{DelegateId{"S-2"}, "A. Lee", true, false};
    const std::vector<std::pair<std::string, LendStep>> steps{{"tap-badge", LendStep::tap_badge},
                                                              {"scan-tag", LendStep::scan_tag},
                                                              {"terms", LendStep::terms},
                                                              {"lent", LendStep::lent},
                                                              {"queue", LendStep::joined_queue}};
    for (const auto& [name, step] : steps) {
        auto& model = add("lend-" + name, Screen::lend, true);
        model.lend_step = step;
        model.staff = signed_in;
        model.laptop = LaptopTag{"LT-007"};
        model.due = "2017-09-15, 17:00";
        model.queue_place = 12;
    }
    add("lend-lent-already", Screen::lend, true).notice = Notice::laptop_lent;
    add("take-back", Screen::take_back);
    add("take-back-saved", Screen::take_back).notice = Notice::saved;
    add("take-back-check", Screen::take_back).laptop = LaptopTag{"LT-007"};
}

void Samples::elsewhere()
{
    add("help", Screen::help);
    add("info", Screen::info);
    add("language", Screen::language);
    auto& timeout = add("timeout-search", Screen::search);
    timeout.typed = "ALEK";
    timeout.timeout_dialog = true;
    timeout.timeout_seconds_left = 18;
    auto& confirm = add("timeout-confirm", Screen::confirm, true);
    confirm.timeout_dialog = true;
    confirm.timeout_seconds_left = 2;
    // Each notice has a sentence; the panel must hold the longest.
    for (int i = 1; i <= static_cast<int>(Notice::trouble); ++i)
        add("notice-" + std::to_string(i), Screen::take_back).notice = static_cast<Notice>(i);
}

} // namespace

std::vector<Sample> sample_models(Language language)
{
    Samples samples(language);
    samples.find();
    samples.badge_journey();
    samples.lockers();
    samples.staff();
    samples.elsewhere();
    return samples.take();
}

} // namespace montbrillant
