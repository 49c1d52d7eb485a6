// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a command runs in: a folder opened by the command line itself, or a running kiosk that carries the
/// command out on its store's thread. Commands see no difference but `live`.

#include "kiosk/cli/kiosk_config.hpp"
#include "kiosk/desk/desk.hpp"
#include "sync/base/random.hpp"

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace montbrillant {

/// Where a command's words go. `json`: one object, or one a line for streams, instead of text for people.
struct Output {
    std::function<void(std::string_view)> out; ///< whole lines, without line end
    std::function<void(std::string_view)> err;
    bool json = false;
    /// One line that the next one replaces, and an empty one removes; may be absent.
    std::function<void(std::string_view)> progress{};

    /// The result in the form that was asked for; a text may have several lines.
    void say(const nlohmann::json& object, std::string_view text) const;
    /// The error in words on `err`, or {"error"} on `out`; gives its exit code.
    int report(const Error& error) const;
};

class CommandHost {
public:
    CommandHost(KioskConfig config, Clock& clock, Random& random)
        : config_(std::move(config)), key_access_(montbrillant::key_access(config_.keys)), clock_(clock),
          random_(random)
    {
    }
    virtual ~CommandHost() = default;

    [[nodiscard]] virtual Result<Store*> store() = 0;
    /// A desk on the store; made, with the people's index, at the first need.
    [[nodiscard]] virtual Result<Desk*> desk() = 0;
    /// True in a running kiosk, whose devices and standard input are not the command's to use.
    [[nodiscard]] virtual bool live() const = 0;
    /// Relative paths that the user typed count from here.
    [[nodiscard]] virtual std::filesystem::path path(const std::string& typed) const = 0;
    /// Refuses what must not be done to this event: playing another day is for the sample alone.
    [[nodiscard]] virtual Result<> allow(const EventId&) const { return {}; }

    [[nodiscard]] const KioskConfig& config() const { return config_; }
    [[nodiscard]] const KeyAccess& key_access() const { return key_access_; }
    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] Random& random() { return random_; }

private:
    KioskConfig config_;
    KeyAccess key_access_;
    Clock& clock_;
    Random& random_;
};

/// The folder `config.data`, taken for the life of the object and opened at the first need.
class FolderHost final : public CommandHost {
public:
    /// `other_day`: `clock` does not show today.
    FolderHost(KioskConfig config, Clock& clock, Random& random, bool other_day)
        : CommandHost(std::move(config), clock, random), other_day_(other_day)
    {
    }
    [[nodiscard]] Result<Store*> store() override;
    [[nodiscard]] Result<Desk*> desk() override;
    [[nodiscard]] bool live() const override { return false; }
    [[nodiscard]] std::filesystem::path path(const std::string& typed) const override { return typed; }
    [[nodiscard]] Result<> allow(const EventId& event) const override;
    /// The folder could not be opened because another process has it.
    [[nodiscard]] bool held_by_another() const { return held_by_another_; }

private:
    [[nodiscard]] Result<> equip(Desk& desk) const;

    bool other_day_;
    bool held_by_another_ = false;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Desk> desk_;
};

/// A running kiosk, for one command of the process that asked. Lives and is used on the store's thread.
class LiveHost final : public CommandHost {
public:
    LiveHost(KioskConfig config, Clock& clock, Random& random, Desk& desk, std::filesystem::path cwd)
        : CommandHost(std::move(config), clock, random), desk_(desk), cwd_(std::move(cwd))
    {
    }
    [[nodiscard]] Result<Store*> store() override { return &desk_.store(); }
    [[nodiscard]] Result<Desk*> desk() override { return &desk_; }
    [[nodiscard]] bool live() const override { return true; }
    [[nodiscard]] std::filesystem::path path(const std::string& typed) const override { return cwd_ / typed; }

private:
    Desk& desk_;
    std::filesystem::path cwd_;
};

/// The profile of the folder's event; an error when no event is loaded.
[[nodiscard]] Result<std::shared_ptr<const EventProfile>> profile_of(Store& store);
/// The configured locker bank; an error when there is none.
[[nodiscard]] Result<BankMap> bank_of(const KioskConfig& config);
/// Why the desk turned somebody away, as a command's error: a rule (exit 1), or the disk (exit 3).
[[nodiscard]] tl::unexpected<Error> error_of(const TurnedAway& away, const std::string& where);

} // namespace montbrillant
