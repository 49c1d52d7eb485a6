// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/words.hpp"

namespace montbrillant::ui {

using flow::Device;
using flow::LockerStep;
using flow::Notice;
using i18n::Id;

std::optional<NoticeWords> words_of(Notice notice)
{
    constexpr auto attention = Outcome::attention;
    constexpr auto stop = Outcome::stop;
    switch (notice) {
    case Notice::none: return std::nullopt;
    case Notice::code_unreadable: return NoticeWords{Id::notice_code_unreadable, attention};
    case Notice::code_other_meeting: return NoticeWords{Id::notice_code_other_meeting, attention};
    case Notice::code_is_badge: return NoticeWords{Id::notice_code_is_badge, attention};
    case Notice::not_found: return NoticeWords{Id::notice_not_found, attention};
    case Notice::too_many: return NoticeWords{Id::notice_too_many, attention};
    case Notice::pending: return NoticeWords{Id::notice_pending, attention};
    case Notice::cancelled: return NoticeWords{Id::notice_cancelled, stop};
    case Notice::already_has_badge: return NoticeWords{Id::notice_already_has_badge, attention};
    case Notice::wrong_characters: return NoticeWords{Id::notice_wrong_characters, attention};
    case Notice::staff_only: return NoticeWords{Id::notice_staff_only, attention};
    case Notice::card_not_ours: return NoticeWords{Id::notice_card_not_ours, attention};
    case Notice::card_revoked: return NoticeWords{Id::notice_card_revoked, stop};
    case Notice::card_in_use: return NoticeWords{Id::notice_card_in_use, attention};
    case Notice::one_card_please: return NoticeWords{Id::notice_one_card_please, attention};
    case Notice::reader_down: return NoticeWords{Id::notice_reader_down, attention};
    case Notice::printer_down: return NoticeWords{Id::notice_printer_down, attention};
    case Notice::bank_offline: return NoticeWords{Id::notice_bank_offline, attention};
    case Notice::bank_full: return NoticeWords{Id::notice_bank_full, attention};
    case Notice::pin_wrong: return NoticeWords{Id::notice_pin_wrong, attention};
    case Notice::pin_wait: return NoticeWords{Id::notice_pin_wait, stop};
    case Notice::laptop_unknown: return NoticeWords{Id::notice_laptop_unknown, attention};
    case Notice::laptop_lent: return NoticeWords{Id::notice_laptop_lent, attention};
    case Notice::has_laptop: return NoticeWords{Id::notice_has_laptop, attention};
    case Notice::not_their_turn: return NoticeWords{Id::notice_not_their_turn, attention};
    case Notice::not_checked_in: return NoticeWords{Id::notice_not_checked_in, attention};
    case Notice::no_laptop_loan: return NoticeWords{Id::notice_no_laptop_loan, attention};
    case Notice::badge_expired: return NoticeWords{Id::notice_badge_expired, attention};
    case Notice::event_closed: return NoticeWords{Id::notice_event_closed, attention};
    case Notice::locker_out_of_service: return NoticeWords{Id::notice_locker_out_of_service, attention};
    case Notice::bank_closed: return NoticeWords{Id::notice_bank_closed, stop};
    case Notice::locker_not_theirs: return NoticeWords{Id::notice_locker_not_theirs, attention};
    case Notice::laptop_in_repair: return NoticeWords{Id::notice_laptop_in_repair, attention};
    case Notice::laptop_lost: return NoticeWords{Id::notice_laptop_lost, attention};
    case Notice::laptop_elsewhere: return NoticeWords{Id::notice_laptop_elsewhere, attention};
    case Notice::already_waiting: return NoticeWords{Id::notice_already_waiting, attention};
    case Notice::not_waiting: return NoticeWords{Id::notice_not_waiting, attention};
    case Notice::not_on_list: return NoticeWords{Id::notice_not_on_list, attention};
    case Notice::already_registered: return NoticeWords{Id::notice_already_registered, attention};
    case Notice::second_person: return NoticeWords{Id::notice_second_person, attention};
    case Notice::letter_missing: return NoticeWords{Id::notice_letter_missing, attention};
    case Notice::fellow_walks_in: return NoticeWords{Id::notice_fellow_walks_in, attention};
    case Notice::leadership_forbidden: return NoticeWords{Id::notice_leadership_forbidden, attention};
    case Notice::confirmation_missing: return NoticeWords{Id::notice_confirmation_missing, attention};
    case Notice::head_exists: return NoticeWords{Id::notice_head_exists, attention};
    case Notice::changed_meanwhile: return NoticeWords{Id::notice_changed_meanwhile, attention};
    case Notice::nothing_to_do: return NoticeWords{Id::notice_nothing_to_do, attention};
    case Notice::saved: return NoticeWords{Id::notice_saved, Outcome::good};
    case Notice::trouble: return NoticeWords{Id::notice_trouble, stop};
    }
    return std::nullopt;
}

LockerWords words_of(LockerStep step)
{
    constexpr auto good = Outcome::good;
    constexpr auto attention = Outcome::attention;
    constexpr auto stop = Outcome::stop;
    switch (step) {
    case LockerStep::tap: return {Id::locker_tap_title, Id::locker_tap_why, good};
    case LockerStep::opening: return {Id::locker_opening_title, std::nullopt, good};
    case LockerStep::opened: return {Id::locker_opened_title, Id::locker_opened_why, good};
    case LockerStep::already_open: return {Id::locker_already_open_title, Id::locker_opened_why, good};
    case LockerStep::jammed: return {Id::locker_jammed_title, Id::locker_jammed_why, stop};
    case LockerStep::left_open: return {Id::locker_left_open_title, Id::locker_left_open_why, attention};
    case LockerStep::wrong_door: return {Id::locker_wrong_door_title, Id::locker_wrong_door_why, attention};
    case LockerStep::full: return {Id::locker_full_title, Id::locker_full_why, attention};
    case LockerStep::offline: return {Id::locker_offline_title, Id::locker_offline_why, attention};
    case LockerStep::refused: return {Id::locker_refused_title, std::nullopt, stop};
    case LockerStep::elsewhere: return {Id::locker_elsewhere_title, Id::locker_elsewhere_why, attention};
    case LockerStep::ask_empty: return {Id::locker_ask_empty_title, Id::locker_ask_empty_why, attention};
    case LockerStep::close_door: return {Id::locker_close_door_title, Id::locker_close_door_why, attention};
    case LockerStep::given_back: return {Id::locker_given_back_title, Id::locker_given_back_why, good};
    }
    return {Id::locker_tap_title, std::nullopt, good};
}

Id words_of(Device device)
{
    switch (device) {
    case Device::reader: return Id::device_reader;
    case Device::printer: return Id::device_printer;
    case Device::bank: return Id::device_bank;
    case Device::registry: return Id::device_registry;
    }
    return Id::device_reader;
}

std::optional<Id> banner_of(const flow::Model& model)
{
    const auto down = [&](Device device) {
        return model.devices.at(static_cast<std::size_t>(device)).state == flow::DeviceHealth::State::trouble;
    };
    switch (model.screen) {
    case flow::Screen::attract:
    case flow::Screen::search:
    case flow::Screen::confirm:
    case flow::Screen::staff_release:
        if (model.settings.check_in && down(Device::printer))
            return Id::banner_printer;
        if (model.settings.check_in && down(Device::reader))
            return Id::banner_reader;
        return std::nullopt;
    case flow::Screen::done:
        return model.settings.lockers && down(Device::bank) ? std::optional(Id::banner_bank) : std::nullopt;
    case flow::Screen::verify_code:
    case flow::Screen::printing:
    case flow::Screen::take_card:
    case flow::Screen::locker:
    case flow::Screen::desk_ticket:
    case flow::Screen::staff_sign_in:
    case flow::Screen::staff_menu:
    case flow::Screen::lend:
    case flow::Screen::take_back:
    case flow::Screen::help:
    case flow::Screen::info:
    case flow::Screen::language: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace montbrillant::ui
