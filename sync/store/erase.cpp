// SPDX-License-Identifier: Apache-2.0
// What facts of erasure ask for: of one person, of the whole event. It is done when the fact is admitted, and
// again at start-up when a crash came between; each step may be done twice.
#include "sync/base/files.hpp"
#include "sync/base/log.hpp"
#include "sync/store/store.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {
namespace {

/// A larger meeting is proved by this many of its people: their texts are in memory meanwhile.
constexpr std::size_t people_max = 100'000;
constexpr std::string_view file_printer = "file:";
/// Where sealed records are.
constexpr std::array record_tables{"record", "own_record", "proposal"};

/// Copies of keys that were set aside when a file was found damaged, and files of an interrupted write.
bool has_old_keys(const std::string& name)
{
    constexpr std::array live{"keys.db", "keys.db-wal", "keys.db-shm", "event.key"};
    const bool of_keys = name.starts_with("keys.db") || name.starts_with(EventKeyFile::name);
    return of_keys && std::find(live.begin(), live.end(), name) == live.end();
}

/// The same of databases, whose sealed records nobody can open any more.
bool is_left_over(const std::string& name)
{
    return has_old_keys(name) || name.find(".damaged-") != std::string::npos;
}

Result<> destroy_files(const std::filesystem::path& folder, bool (*chosen)(const std::string& name))
{
    std::error_code failed;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (chosen(entry.path().filename().string()))
            found.push_back(entry.path());
    }
    for (const auto& file : found)
        MB_CHECK(destroy_file(file));
    return {};
}

} // namespace

/// "ITU" as somebody's organization proves nothing.
void look_for_person(PlaintextScan& scan, const Person& person, std::string_view profile)
{
    for (const std::string& text :
         {person.given_name, person.family_name, person.badge_name, person.full_name(), person.organization,
          person.code, person.contact_point, person.photo}) {
        if (!text.empty() && profile.find(text) == std::string_view::npos)
            scan.look_for(text);
    }
}

/// Kept from before, to try afterwards.
struct Store::Evidence {
    PlaintextScan scan{erased_text_bytes_min};
    std::vector<SealedRecord> records;
    ErasureCertificate certificate;
};

bool Store::is_erased(const DelegateId& id) const
{
    const Delegate* delegate = view().delegates.find(id);
    return keys_->is_erased(id) || (delegate != nullptr && delegate->erased);
}

Result<std::vector<std::string>> Store::destroy_sheets(const std::set<DelegateId>& people)
{
    MB_TRY(auto select, database_->prepare("SELECT key, delegate, printer_uuid FROM print_job"));
    std::vector<std::string> sheets;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            break;
        const std::string key = select.text(0);
        const std::string printer = select.text(2);
        if (!printer.starts_with(file_printer) || key.find('/') != std::string::npos ||
            !people.contains(DelegateId(select.text(1))))
            continue;
        const auto file = std::filesystem::path(printer.substr(file_printer.size())) / (key + ".pdf");
        if (std::error_code none; std::filesystem::exists(file, none))
            sheets.push_back(file.string());
    }
    for (const auto& sheet : sheets)
        MB_CHECK(destroy_file(sheet));
    return sheets;
}

Result<> Store::forget(const std::vector<DelegateId>& people)
{
    if (people.empty())
        return {};
    MB_CHECK(destroy_sheets({people.begin(), people.end()}));
    MB_TRY(auto transaction, database_->begin_immediate());
    for (const auto* table : record_tables) {
        MB_TRY(auto forget, database_->prepare(fmt::format("DELETE FROM {} WHERE delegate = ?", table)));
        for (const auto& id : people)
            MB_CHECK(forget.run({id.str()}));
    }
    MB_CHECK(transaction.commit());
    MB_CHECK(database_->empty_log());
    MB_CHECK(destroy_files(folder_, has_old_keys));
    // Last: from now on the id counts as done.
    return keys_->erase(people);
}

std::vector<DelegateId> Store::erased_now() const
{
    const bool all = view().meeting().erased;
    std::vector<DelegateId> people;
    view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (all || (delegate.erased && !keys_->is_erased(id)))
            people.push_back(id);
    });
    return people;
}

Result<> Store::finish_erasures()
{
    if (!view().meeting().erased)
        return forget(erased_now());
    const bool certified = std::filesystem::exists(folder_ / certificate_json_name);
    return certified ? Result<>() : wipe_event();
}

Result<> Store::give_up_keys()
{
    MB_CHECK(require(Side::device));
    return wipe_secrets().map([](const auto&) {});
}

Result<> Store::give_up_device()
{
    MB_CHECK(give_up_keys());
    return keys_->erase_device();
}

/// The keys first: what is left after a crash is then unreadable already. Gives the sheets that went.
Result<std::vector<std::string>> Store::wipe_secrets()
{
    std::set<DelegateId> everybody;
    view().delegates.each([&](const DelegateId& id, const Delegate&) { everybody.insert(id); });
    MB_CHECK(keys_->erase_event());
    MB_CHECK(destroy_files(folder_, is_left_over));
    MB_TRY(auto sheets, destroy_sheets(everybody));
    for (const auto* table : record_tables)
        MB_CHECK(database_->execute(fmt::format("DELETE FROM {}", table)));
    MB_CHECK(database_->empty_log());
    return sheets;
}

Result<Store::Evidence> Store::evidence()
{
    Evidence before;
    MB_TRY(before.certificate.delegate_keys, keys_->count());
    if (keys_->event_erased())
        return before;
    before.certificate.event_keys = {"master", "short_codes", "pepper"};
    if (keys().confirmation_secret)
        before.certificate.event_keys.emplace_back("confirmation_secret");
    MB_TRY(auto select, database_->prepare("SELECT delegate, sealed, key FROM record UNION ALL "
                                           "SELECT delegate, sealed, key FROM own_record UNION ALL "
                                           "SELECT delegate, sealed, key FROM proposal"));
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return before;
        ++before.certificate.records;
        if (before.records.size() >= people_max)
            continue;
        SealedRecord record{DelegateId(select.text(0)), {}, select.blob(1)};
        MB_TRY(auto wrapped, keys_->wrapped_key(record.delegate, select.blob(2)));
        if (!wrapped)
            continue;
        record.wrapped_key = std::move(*wrapped);
        const auto person = keys_->open_record(record);
        if (!person)
            continue;
        look_for_person(before.scan, *person, identity_->event_profile);
        before.records.push_back(std::move(record));
    }
}

/// The fact itself says by whom and why; its place is in the log.
Result<> Store::describe_erasure(ErasureCertificate& certificate)
{
    MB_TRY(auto select,
           database_->prepare("SELECT seq, log_hash, bytes FROM journal WHERE kind = ? AND verdict "
                              "= 'accepted' ORDER BY seq LIMIT 1"));
    MB_TRY(const bool found, select.bind({fact::EventErased::kind}).step());
    if (!found)
        return fail(ErrorKind::storage, "the fact of the erasure is missing", "journal");
    certificate.after.seq = static_cast<std::uint64_t>(select.integer(0));
    const Bytes hash = select.blob(1);
    std::copy(hash.begin(), hash.end(), certificate.after.hash.begin());
    MB_TRY(const Fact fact, parse_fact(select.text(2)));
    select.reset();
    certificate.before.seq = certificate.after.seq - 1;
    MB_TRY(const auto before, log_hash_at(certificate.before.seq));
    certificate.before.hash = before.value_or(crypto::Hash{});
    const auto& erased = std::get<fact::EventErased>(fact.body);
    certificate.by = erased.by;
    certificate.why = erased.reason;
    certificate.event = identity_->event;
    certificate.device = identity_->device;
    certificate.device_key = keys().device.public_key;
    certificate.closed_at = view().meeting().closed_time;
    certificate.at = clock_->wall();
    return {};
}

Result<> Store::wipe_event()
{
    MB_TRY(Evidence before, evidence());
    ErasureCertificate& certificate = before.certificate;
    MB_TRY(certificate.sheets, wipe_secrets());
    MB_CHECK(describe_erasure(certificate));
    MB_CHECK(check_erasure(before));
    // The text first: the JSON is the sign that all is done.
    const std::string json = write_certificate(certificate, keys().device.secret_key);
    MB_CHECK(write_file(folder_ / certificate_text_name, as_bytes(text_of(certificate))));
    MB_CHECK(write_file(folder_ / certificate_json_name, as_bytes(json)));
    log::info("event erased: event={} records={} keys={} opened={} found={}", certificate.event.str(),
              certificate.records, certificate.delegate_keys, certificate.records_opened,
              certificate.texts_found);
    return {};
}

/// With everything that an attacker could have kept but the folder itself: the sealed records and the wrapped
/// keys of before, tried with what the folder still holds.
Result<> Store::check_erasure(Evidence& before)
{
    MB_TRY(auto now, KeyStore::open(folder_, database_options_, {}));
    for (const auto& record : before.records)
        before.certificate.records_opened += now->open_record(record) ? 1U : 0U;
    before.certificate.records_tried = before.records.size();
    now.reset();
    MB_TRY(auto report, before.scan.scan(folder_));
    before.certificate.texts = before.scan.texts();
    before.certificate.texts_found = report.found.size();
    before.certificate.files = std::move(report.files);
    for (const auto& found : report.found)
        log::error("a text of a person stands in a file: file={} at={} form={}", found.file, found.at,
                   found.form);
    return {};
}

Result<std::optional<std::string>> Store::certificate()
{
    const auto file = folder_ / certificate_json_name;
    if (!std::filesystem::exists(file))
        return std::optional<std::string>();
    constexpr std::size_t bytes_max = std::size_t{4} << 20U;
    MB_TRY(auto text, read_file(file, bytes_max));
    return std::optional(std::move(text));
}

} // namespace montbrillant
