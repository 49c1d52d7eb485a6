// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The kiosk's side of a reader. Owns one thread that keeps `montbrillant-readerd` running: reads its lines
/// (reader_protocol.hpp), kills it (SIGKILL) after two seconds of silence or one line of nonsense, and starts
/// it again after 0.2 s, doubling to 5 s; a readerd that worked for ten seconds starts over at 0.2 s. So a
/// crash or hang of libnfc, a missing port and a reader pulled out and plugged in again are all the same
/// small outage.
///
/// Events come in this order: `ReaderReady`, then `CardTapped` and `CardGone` in turn, and complaints at any
/// time; `ReaderLost` once when an outage begins (after a `CardGone` for a card that was there), then
/// `ReaderReady` again. During an outage a complaint is passed on only when it differs from the one before. A
/// card that lies on the reader through an outage taps again.

#include "badge/rfid/card.hpp"
#include "sync/base/clock.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace montbrillant {

struct ReaderReady {
    std::string firmware; ///< "PN532 v1.6"
};
struct CardTapped {
    CardUid uid;
    CardFamily family{};
    int tier = 0; ///< 0: a bare UID, which proves nothing
};
struct CardGone {
    CardUid uid;
};
/// For people, in English: "one card, please"; "the reader's port is not there", "plug the reader in, ...".
struct ReaderComplaint {
    std::string what;
    std::string remedy;
};
struct ReaderLost {
    std::string why;
};
using ReaderEvent = std::variant<ReaderReady, CardTapped, CardGone, ReaderComplaint, ReaderLost>;

struct ReaderClientOptions {
    std::filesystem::path program; ///< montbrillant-readerd
    std::string device;            ///< libnfc connection string
    std::filesystem::path profile; ///< may be empty
    Millis silence_max{2000};
    Millis backoff_first{200};
    Millis backoff_max{5000};
    Millis proven_after{10000}; ///< a readerd that was ready for so long resets the back-off
};

class ReaderClient {
public:
    using Handler = std::function<void(ReaderEvent)>;

    /// Starts at once. `handler` is called on the client's own thread, must be quick and not throw, and must
    /// not destroy the client. `clock` must be thread-safe and outlive the client.
    ReaderClient(ReaderClientOptions options, Clock& clock, Handler handler);
    /// Kills readerd and joins the thread, within about 0.1 s. No event comes afterwards.
    ~ReaderClient();
    ReaderClient(const ReaderClient&) = delete;
    ReaderClient& operator=(const ReaderClient&) = delete;

private:
    class Keeper;
    std::unique_ptr<Keeper> keeper_;
};

} // namespace montbrillant
