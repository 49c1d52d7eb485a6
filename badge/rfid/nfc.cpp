// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/nfc.hpp"

#include <array>
#include <cstring>
#include <fmt/format.h>
#include <nfc/nfc.h>
#include <string_view>

namespace montbrillant {
namespace {

constexpr nfc_modulation iso14443a{.nmt = NMT_ISO14443A, .nbr = NBR_106};

/// From libnfc's report, whose first line is "chip: PN532 v1.6".
std::string firmware_of(nfc_device* device)
{
    char* raw = nullptr;
    if (nfc_device_get_information_about(device, &raw) < 0 || raw == nullptr)
        return "unknown";
    const std::string report(raw);
    nfc_free(raw);
    constexpr std::string_view label = "chip: ";
    const auto start = report.find(label);
    if (start == std::string::npos)
        return "unknown";
    const auto end = report.find_first_of("\r\n", start);
    return report.substr(start + label.size(), end - start - label.size());
}

std::string_view reason(int code)
{
    switch (code) {
    case NFC_EIO: return "the answer was damaged, or the reader was unplugged";
    case NFC_ETIMEOUT: return "the reader does not answer";
    case NFC_ENOTSUCHDEV: return "the reader is gone";
    case NFC_ERFTRANS: return "the radio exchange failed";
    case NFC_ECHIP: return "the chip reported an error";
    default: return "the reader refused the command";
    }
}

} // namespace

void NfcReader::ContextDeleter::operator()(nfc_context* context) const { nfc_exit(context); }
void NfcReader::DeviceDeleter::operator()(nfc_device* device) const { nfc_close(device); }

NfcReader::NfcReader(Context context, Device device, std::string firmware, std::string where)
    : context_(std::move(context)), device_(std::move(device)), firmware_(std::move(firmware)),
      where_(std::move(where))
{
}

tl::unexpected<Error> NfcReader::device_error(int code) const
{
    return fail(ErrorKind::device, fmt::format("{} (libnfc {})", reason(code), code), where_,
                "check the reader's cable");
}

Result<NfcReader> NfcReader::open(const std::string& connstring)
{
    nfc_connstring name{};
    if (connstring.size() >= sizeof name)
        return fail(ErrorKind::input, "the connection string is too long");
    std::memcpy(name, connstring.data(), connstring.size());

    nfc_context* raw = nullptr;
    nfc_init(&raw);
    Context context(raw);
    if (!context)
        return fail(ErrorKind::device, "libnfc cannot be started", connstring);
    Device device(nfc_open(context.get(), name));
    if (!device)
        return fail(ErrorKind::device, "no PN532 reader answers there", connstring,
                    "check that this is the reader's port, its cable, and that its switches are set to HSU");
    if (nfc_initiator_init(device.get()) < 0 ||
        nfc_device_set_property_bool(device.get(), NP_INFINITE_SELECT, false) < 0)
        return fail(ErrorKind::device, "the reader answers but cannot be set up", connstring,
                    "unplug the reader and plug it in again");
    std::string firmware = firmware_of(device.get());
    return NfcReader(std::move(context), std::move(device), std::move(firmware), connstring);
}

Result<std::optional<SeenCard>> NfcReader::select()
{
    nfc_target target{};
    const int found = nfc_initiator_select_passive_target(device_.get(), iso14443a, nullptr, 0, &target);
    if (found < 0)
        return device_error(found);
    if (found == 0)
        return std::nullopt;
    const auto& card = target.nti.nai;
    const auto uid =
        card.szUidLen <= sizeof card.abtUid ? card_uid(BytesView(card.abtUid, card.szUidLen)) : std::nullopt;
    if (!uid)
        return fail(ErrorKind::refused, "this card gives no valid number", where_, "use another card");
    return SeenCard{*uid, card_family({card.abtAtqa[0], card.abtAtqa[1]}, card.btSak)};
}

bool NfcReader::still_present()
{
    return nfc_initiator_target_is_present(device_.get(), nullptr) == NFC_SUCCESS;
}

Result<> NfcReader::deselect()
{
    if (const int code = nfc_initiator_deselect_target(device_.get()); code < 0)
        return device_error(code);
    return {};
}

Result<> NfcReader::reset_field()
{
    for (const bool on : {false, true})
        if (const int code = nfc_device_set_property_bool(device_.get(), NP_ACTIVATE_FIELD, on); code < 0)
            return device_error(code);
    return {};
}

} // namespace montbrillant
