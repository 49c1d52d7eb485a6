// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libnfc 1.8: no policy, only finite calls and honest answers.
///
/// NP_INFINITE_SELECT is off from the start, so that "no card" (0) and "reader dead" (NFC_ETIMEOUT, -6) are
/// different answers, and every call returns within about 0.4 s (opening: 1.2 s). Never used, because they
/// can block for ever: nfc_initiator_poll_target and calls with timeout 0. Never relied on:
/// nfc_abort_command.
///
/// libnfc itself can end the process: abort() on a status byte with bit 6 or 7 set, a crash on a card with an
/// empty ATS. So it lives in a process of its own, with fds 0, 1 and 2 open. One thread owns the object.

#include "badge/rfid/card.hpp"
#include "sync/base/result.hpp"

#include <memory>
#include <optional>
#include <string>

struct nfc_context;
struct nfc_device;

namespace montbrillant {

class NfcReader {
public:
    /// `connstring` is libnfc's own: "pn532_uart:/dev/ttyUSB0". The error says that nothing like a reader
    /// answers; whether the port is there and free is checked before, see port_lock.hpp.
    [[nodiscard]] static Result<NfcReader> open(const std::string& connstring);

    /// "PN532 v1.6".
    [[nodiscard]] const std::string& firmware() const { return firmware_; }

    /// One finite look for an ISO/IEC 14443 type A card at 106 kbit/s; the card found is selected. Nothing
    /// when no card answers. ErrorKind::device: the reader is gone, silent or answered wrongly; try again a
    /// few times. ErrorKind::refused: a card answered with a UID that is not 4, 7 or 10 bytes long.
    [[nodiscard]] Result<std::optional<SeenCard>> select();

    /// True while the card selected last is still there. False also after any error of the exchange: select
    /// again to tell a dead reader from a card that left. Type 2: READ page 0; ISO-DEP: R(NAK); Classic:
    /// re-selects.
    [[nodiscard]] bool still_present();

    /// Parks the selected card, so that the next `select` finds another one first.
    [[nodiscard]] Result<> deselect();

    /// RF field off and on: every card in it starts anew.
    [[nodiscard]] Result<> reset_field();

private:
    struct ContextDeleter {
        void operator()(nfc_context* context) const;
    };
    struct DeviceDeleter {
        void operator()(nfc_device* device) const;
    };
    using Context = std::unique_ptr<nfc_context, ContextDeleter>;
    using Device = std::unique_ptr<nfc_device, DeviceDeleter>;

    NfcReader(Context context, Device device, std::string firmware, std::string where);
    [[nodiscard]] tl::unexpected<Error> device_error(int code) const;

    Context context_;
    Device device_; // closed before its context
    std::string firmware_;
    std::string where_;
};

} // namespace montbrillant
