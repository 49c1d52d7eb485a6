// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/postgres_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace montbrillant::registry {
namespace {

constexpr Millis before_next_attempt{1000};
constexpr Millis look_at_connection{30000};

} // namespace

PostgresWatch::PostgresWatch(postgres::Connection::Options options, std::string_view channel,
                             FileDescriptor end, Wake wake)
    : options_(std::move(options)), channel_(channel), end_(std::move(end)), wake_(std::move(wake))
{
}

Result<std::unique_ptr<PostgresWatch>> PostgresWatch::start(const postgres::Connection::Options& options,
                                                            std::string_view channel, Wake wake)
{
    FileDescriptor end(::eventfd(0, EFD_CLOEXEC));
    if (!end.valid())
        return fail(ErrorKind::storage, "no eventfd is left");
    std::unique_ptr<PostgresWatch> watch(
        new PostgresWatch(options, channel, std::move(end), std::move(wake)));
    watch->thread_ = std::thread([self = watch.get()] { self->watch(); });
    return watch;
}

PostgresWatch::~PostgresWatch()
{
    const std::uint64_t one = 1;
    if (::write(end_.get(), &one, sizeof one) == sizeof one && thread_.joinable())
        thread_.join();
}

bool PostgresWatch::ended(Millis patience) const
{
    pollfd wanted{end_.get(), POLLIN, 0};
    return ::poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

void PostgresWatch::watch()
{
    while (!ended(Millis(0))) {
        listen();
        if (ended(before_next_attempt))
            return;
    }
}

/// Until the connection is lost.
void PostgresWatch::listen()
{
    auto connection = postgres::Connection::open(options_);
    if (!connection || !connection->execute("LISTEN " + channel_))
        return; // the ledger's own connection says so in words
    wake_("");
    while (!ended(Millis(0))) {
        const auto payloads = connection->notices(end_.get(), look_at_connection);
        if (!payloads)
            return;
        for (const auto& payload : *payloads)
            wake_(payload);
    }
}

} // namespace montbrillant::registry
