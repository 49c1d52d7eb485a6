// SPDX-License-Identifier: Apache-2.0
// The end of an event, and of one person's data, in a database; and a database that came back from a dump.
#include "sync/base/log.hpp"
#include "sync/registry/postgres_ledger.hpp"

#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

/// A larger meeting is proved by this many of its people: their texts are in memory meanwhile.
constexpr std::int64_t people_max = 100'000;
constexpr std::string_view dump_name = "erasure-check.dump";

constexpr std::string_view all_records =
    "SELECT r.delegate, r.sealed, k.wrapped FROM montbrillant.record r JOIN montbrillant_keys.delegate_key k "
    "ON k.delegate = r.delegate AND k.id = r.key UNION ALL "
    "SELECT p.delegate, p.sealed, k.wrapped FROM montbrillant.proposal p JOIN montbrillant_keys.delegate_key "
    "k "
    "ON k.delegate = p.delegate AND k.id = p.key LIMIT $1";

std::vector<SealedRecord> sealed_in(const postgres::Rows& rows)
{
    std::vector<SealedRecord> records;
    for (int row = 0; row < rows.count(); ++row) {
        const BytesView sealed = rows.bytes(row, 1);
        const BytesView wrapped = rows.bytes(row, 2);
        records.push_back({DelegateId(rows.text(row, 0)),
                           {wrapped.begin(), wrapped.end()},
                           {sealed.begin(), sealed.end()}});
    }
    return records;
}

} // namespace

Result<> PostgresLedger::close_event(const std::string& by) { return record(fact::EventClosed{by}, by); }

Result<std::optional<WallTime>> PostgresLedger::erase_due()
{
    return montbrillant::erase_due(*state_, identity_.event_profile);
}

Result<> PostgresLedger::erase_person(const DelegateId& id, const std::string& by)
{
    return record(fact::DelegateErased{id}, by);
}

/// Deleted rows leave the tables' files. The write-ahead log of the server and its dumps are the operator's.
void PostgresLedger::vacuum()
{
    const auto connected = connection();
    if (!connected)
        return;
    for (const auto* table :
         {"montbrillant_keys.delegate_key", "montbrillant.record", "montbrillant.proposal"}) {
        if (const auto done = (*connected)->execute(fmt::format("VACUUM (FULL) {}", table)); !done)
            log::warn("what was erased may still stand in the files of {}: {}", table, done.error().text());
    }
}

struct PostgresLedger::Evidence {
    PlaintextScan scan{erased_text_bytes_min};
    std::vector<SealedRecord> records;
    ErasureCertificate certificate;
};

Result<PostgresLedger::Evidence> PostgresLedger::evidence()
{
    Evidence before;
    MB_TRY(const auto counts, read("SELECT (SELECT count(*) FROM montbrillant.record) + "
                                   "(SELECT count(*) FROM montbrillant.proposal), "
                                   "(SELECT count(*) FROM montbrillant_keys.delegate_key)",
                                   {}));
    before.certificate.records = static_cast<std::uint64_t>(counts.integer(0, 0));
    before.certificate.delegate_keys = static_cast<std::uint64_t>(counts.integer(0, 1));
    before.certificate.event_keys = {"master", "short_codes", "pepper"};
    if (keys_->event().confirmation_secret)
        before.certificate.event_keys.emplace_back("confirmation_secret");
    MB_TRY(const auto rows, read(all_records, postgres::Values().integer(people_max)));
    for (auto& record : sealed_in(rows)) {
        const auto person = keys_->open_record(record);
        if (!person)
            continue;
        look_for_person(before.scan, *person, identity_.event_profile);
        before.records.push_back(std::move(record));
    }
    return before;
}

/// The rows of every table, as they are now, for a look through them like through any file.
Result<> PostgresLedger::dump_rows(const std::filesystem::path& file)
{
    MB_TRY(auto writer, FileWriter::create(file, 0600));
    for (const auto* table :
         {"montbrillant.setting", "montbrillant.entity", "montbrillant.record", "montbrillant.proposal",
          "montbrillant_keys.delegate_key", "montbrillant_keys.erased"}) {
        MB_TRY(const auto rows, read(fmt::format("SELECT t::text FROM {} t", table), {}));
        for (int row = 0; row < rows.count(); ++row)
            MB_CHECK(writer.write(rows.bytes(row, 0)));
    }
    for (std::uint64_t seq = 0; seq < head_.seq;) {
        MB_TRY(const auto rows, log_after(seq, 2000));
        for (const auto& row : rows)
            MB_CHECK(writer.write(as_bytes(row.fact.bytes)));
        seq = rows.empty() ? head_.seq : rows.back().seq;
    }
    return writer.commit();
}

Result<> PostgresLedger::check_erasure(Evidence& before)
{
    MB_TRY(const auto now, KeyStore::open(options_.key_folder, {}, {}));
    ErasureCertificate& certificate = before.certificate;
    for (const auto& record : before.records)
        certificate.records_opened += now->open_record(record) ? 1U : 0U;
    certificate.records_tried = before.records.size();
    const auto dump = options_.key_folder / dump_name;
    MB_CHECK(dump_rows(dump));
    auto report = before.scan.scan(options_.key_folder);
    MB_CHECK(destroy_file(dump));
    if (!report)
        return fail(report.error());
    certificate.texts = before.scan.texts();
    certificate.texts_found = report->found.size();
    certificate.files = std::move(report->files);
    return {};
}

/// The fact itself says by whom and why; its place is in the log.
Result<> PostgresLedger::describe_erasure(ErasureCertificate& certificate, const EraseWish& wish)
{
    MB_TRY(const auto rows, read("SELECT seq FROM montbrillant.journal WHERE kind = $1 AND verdict = "
                                 "'accepted' ORDER BY seq LIMIT 1",
                                 postgres::Values().bytes(as_bytes(fact::EventErased::kind))));
    if (rows.count() == 0)
        return fail(ErrorKind::storage, "the fact of the erasure is missing", "journal");
    certificate.after.seq = static_cast<std::uint64_t>(rows.integer(0, 0));
    certificate.before.seq = certificate.after.seq - 1;
    MB_TRY(const auto after, log_hash_at(certificate.after.seq));
    MB_TRY(const auto before, log_hash_at(certificate.before.seq));
    certificate.after.hash = after.value_or(crypto::Hash{});
    certificate.before.hash = before.value_or(crypto::Hash{});
    certificate.by = wish.by;
    certificate.why = wish.before_time ? wish.why : "";
    certificate.event = identity_.event;
    certificate.device = identity_.device;
    certificate.device_key = keys_->event().device.public_key;
    certificate.closed_at = state_->meeting().closed_time;
    certificate.at = clock_->wall();
    return {};
}

Result<Ledger::Erased> PostgresLedger::erase_event(const EraseWish& wish, WallTime now)
{
    const auto json_file = options_.key_folder / certificate_json_name;
    if (state_->meeting().erased) {
        constexpr std::size_t bytes_max = std::size_t{4} << 20U;
        auto text = read_file(json_file, bytes_max);
        if (!text)
            return fail(ErrorKind::refused, "the event was erased from another node", json_file.string(),
                        "the certificate is in that node's key folder");
        MB_TRY(auto certificate, read_certificate(*text, json_file.string()));
        return Erased{std::move(certificate), std::move(*text)};
    }
    MB_CHECK(may_erase(*state_, identity_.event_profile, wish, now));
    MB_TRY(Evidence before, evidence());
    MB_CHECK(record(fact::EventErased{wish.by, wish.before_time ? wish.why : ""}, wish.by));
    ErasureCertificate& certificate = before.certificate;
    MB_CHECK(describe_erasure(certificate, wish));
    MB_CHECK(check_erasure(before));
    auto json = write_certificate(certificate, keys_->event().device.secret_key);
    MB_CHECK(write_file(options_.key_folder / certificate_text_name, as_bytes(text_of(certificate))));
    MB_CHECK(write_file(json_file, as_bytes(json)));
    return Erased{std::move(certificate), std::move(json)};
}

Result<> PostgresLedger::declare_restored()
{
    MB_CHECK(revise("log_epoch",
                    [&](const auto&) -> Result<std::string> { return uuid7(clock_->wall(), *random_); }));
    MB_CHECK(follow());
    std::vector<DelegateId> forgotten;
    for (const auto& id : keys_->erased()) {
        const Delegate* delegate = state_->delegates.find(id);
        if (delegate != nullptr && !delegate->erased)
            forgotten.push_back(id);
    }
    for (const auto& id : forgotten)
        MB_CHECK(erase_person(id, "restore"));
    return {};
}

} // namespace montbrillant::registry
