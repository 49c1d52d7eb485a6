// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/reader_client.hpp"

#include "badge/rfid/reader_protocol.hpp"
#include "sync/base/child_process.hpp"
#include "sync/base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

namespace montbrillant {
namespace {

/// The longest time the thread is deaf to the destructor.
constexpr Millis slice{50};

} // namespace

class ReaderClient::Keeper {
public:
    Keeper(ReaderClientOptions options, Clock& clock, Handler handler)
        : options_(std::move(options)), clock_(clock), handler_(std::move(handler)),
          backoff_(options_.backoff_first), thread_([this] { keep(); })
    {
    }
    ~Keeper()
    {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

private:
    void keep();
    [[nodiscard]] std::string converse();
    [[nodiscard]] std::optional<std::string> hear(const std::string& text);
    void take(ReaderLine line);
    void lose(std::string why);
    [[nodiscard]] bool stopped();
    void rest();

    ReaderClientOptions options_;
    Clock& clock_;
    Handler handler_;
    Millis backoff_;
    std::optional<MonoTime> ready_since_;
    std::optional<CardUid> present_;
    bool outage_ = false;
    std::string last_complaint_;

    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;  // guarded by mutex_
    std::thread thread_; // last: starts when all else is there
};

bool ReaderClient::Keeper::stopped()
{
    const std::lock_guard lock(mutex_);
    return stop_;
}

void ReaderClient::Keeper::keep()
{
    while (!stopped()) {
        std::string why = converse();
        if (stopped())
            return;
        if (ready_since_ && clock_.mono() - *ready_since_ >= options_.proven_after)
            backoff_ = options_.backoff_first;
        ready_since_.reset();
        lose(std::move(why));
        rest();
    }
}

/// Waits for the back-off in real time; the clock only measures silence.
void ReaderClient::Keeper::rest()
{
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, backoff_, [this] { return stop_; });
    backoff_ = std::min(2 * backoff_, options_.backoff_max);
}

/// One life of readerd; returns why it ended. The child dies with the scope.
std::string ReaderClient::Keeper::converse()
{
    if (options_.program.has_parent_path() && ::access(options_.program.c_str(), X_OK) != 0)
        return fmt::format("{} cannot be run: {}", options_.program.string(), std::strerror(errno));
    std::vector<std::string> arguments{options_.program.string(), "--device", options_.device};
    if (!options_.profile.empty())
        arguments.insert(arguments.end(), {"--profile", options_.profile.string()});
    auto child = ChildProcess::start(arguments);
    if (!child)
        return child.error().text();

    MonoTime last_heard = clock_.mono();
    std::string line;
    while (!stopped()) {
        switch (child->read_line(line, slice)) {
        case ChildProcess::Read::line:
            last_heard = clock_.mono();
            if (auto nonsense = hear(line))
                return *nonsense;
            break;
        case ChildProcess::Read::timeout:
            if (clock_.mono() - last_heard >= options_.silence_max)
                return fmt::format("the reader program was silent for {} ms", options_.silence_max.count());
            break;
        case ChildProcess::Read::ended: return "the reader program ended";
        }
    }
    return {};
}

/// Takes one line; a text says what was wrong with it.
std::optional<std::string> ReaderClient::Keeper::hear(const std::string& text)
{
    if (text.size() > reader_line_max)
        return "the reader program wrote a line that is too long";
    auto line = parse_reader_line(text);
    if (!line)
        return "the reader program wrote nonsense: " + line.error().what;
    take(std::move(*line));
    return std::nullopt;
}

void ReaderClient::Keeper::take(ReaderLine line)
{
    if (auto* ready = std::get_if<ReadyLine>(&line)) {
        ready_since_ = clock_.mono();
        outage_ = false;
        last_complaint_.clear();
        handler_(ReaderReady{std::move(ready->firmware)});
    } else if (const auto* tap = std::get_if<TapLine>(&line)) {
        present_ = tap->card.uid;
        handler_(CardTapped{tap->card.uid, tap->card.family, tap->tier});
    } else if (const auto* gone = std::get_if<GoneLine>(&line)) {
        present_.reset();
        handler_(CardGone{gone->uid});
    } else if (auto* error = std::get_if<ErrorLine>(&line)) {
        if (outage_ && error->what == last_complaint_)
            return;
        last_complaint_ = error->what;
        handler_(ReaderComplaint{std::move(error->what), std::move(error->remedy)});
    }
}

void ReaderClient::Keeper::lose(std::string why)
{
    log::warn("reader lost device={} why=\"{}\" again_in_ms={}", options_.device, why, backoff_.count());
    if (present_)
        handler_(CardGone{*std::exchange(present_, std::nullopt)});
    if (!std::exchange(outage_, true))
        handler_(ReaderLost{std::move(why)});
}

ReaderClient::ReaderClient(ReaderClientOptions options, Clock& clock, Handler handler)
    : keeper_(std::make_unique<Keeper>(std::move(options), clock, std::move(handler)))
{
}

ReaderClient::~ReaderClient() = default;

} // namespace montbrillant
