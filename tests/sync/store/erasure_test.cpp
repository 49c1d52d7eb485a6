// SPDX-License-Identifier: Apache-2.0
// Rule 11: personal data at rest is sealed, and after erasure nobody reads it any more. The proof is the
// attacker's: everything was copied before, and is tried with what the live folder still holds.
#include "sync/base/json.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/unicode.hpp"
#include "sync/store/event_end.hpp"
#include "sync/store/plaintext_scan.hpp"
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr int people_count = 60;
constexpr Millis day{24 * 60 * 60 * 1000};

const std::string& profile_text()
{
    static const std::string text = must(read_file(MONTBRILLANT_EVENT, std::size_t{1} << 20U));
    return text;
}

const EventProfile& profile()
{
    static const EventProfile loaded = must(load_event_profile(profile_text(), "event"));
    return loaded;
}

const std::vector<Person>& people()
{
    static const std::vector<Person> made = [] {
        auto all = sample_people(people_count, 20, profile());
        for (auto& person : all) { // the organizer's own codes and contacts, which the sample lacks
            person.code = "FOREIGN-" + person.id.str() + "-XYZ";
            person.contact_point = "contact." + person.id.str() + "@example.org";
        }
        return all;
    }();
    return made;
}

Draft import()
{
    Draft draft;
    draft.actor = "import";
    for (const auto& person : people()) {
        draft.facts.push_back(fact::DelegateRegistered{person.id, participation_of(person), false});
        draft.records.push_back(person);
    }
    return draft;
}

/// Everything that is somebody's: as written, and as the search folds it.
PlaintextScan all_texts(const std::vector<Person>& of = people())
{
    PlaintextScan scan(5);
    for (const auto& person : of)
        for (const std::string& text :
             {person.given_name, person.family_name, person.badge_name, person.full_name(),
              person.organization, person.code, person.contact_point}) {
            if (profile_text().find(text) != std::string::npos)
                continue; // what the profile says in public is nobody's secret
            scan.look_for(text);
        }
    CHECK(scan.texts() > of.size() * 3);
    return scan;
}

std::string plaintexts(const std::filesystem::path& folder, const PlaintextScan& scan)
{
    std::string found;
    const auto report = must(scan.scan(folder));
    CHECK(report.files.size() >= 4);
    for (const auto& one : report.found)
        found += fmt::format("{} at {} ({}); ", one.file, one.at, one.form);
    return found;
}

/// A folder as it was, with everything in it.
struct Copy {
    TemporaryFolder folder;
    explicit Copy(const std::filesystem::path& from)
    {
        std::filesystem::copy(from, folder.path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
    }
};

/// The ids of those sealed records of the copy that the keys of a folder open.
std::set<std::string> opened(const Copy& copy, const std::filesystem::path& keys_of)
{
    // Own copies: looking must not change what is looked at.
    const Copy records(copy.folder.path());
    const Copy keys(keys_of);
    const auto store = must(KeyStore::open(keys.folder.path(), {}, {}));
    auto database = must(sqlite::Database::open(records.folder.path() / "montbrillant.db", {}));
    auto select = must(database.prepare("SELECT delegate, sealed, key FROM record"));
    std::set<std::string> ids;
    while (must(select.step())) {
        SealedRecord record{DelegateId(select.text(0)), {}, select.blob(1)};
        const auto wrapped = must(store->wrapped_key(record.delegate, select.blob(2)));
        record.wrapped_key = wrapped.value_or(Bytes());
        if (wrapped && store->open_record(record))
            ids.insert(record.delegate.str());
    }
    return ids;
}

struct Registry : Authority {
    Registry()
    {
        must(store->set_event_profile(profile_text()));
        must(store->commit(import()));
        must(store->commit(check_in_draft(store->view(), people()[0].id.str(), "BA")));
    }
    void close()
    {
        clock.advance(profile().ends_at() - clock.wall());
        must(close_event(*store, "R-1"));
    }
    ErasureCertificate erase()
    {
        close();
        clock.advance(profile().privacy.erase_days * day);
        return must(erase_event(*store, {"R-1", false, ""}, clock.wall()));
    }
    /// Files as a thief finds them while the program runs, then at rest.
    [[nodiscard]] std::string shows(const PlaintextScan& scan) const
    {
        return plaintexts(folder.path(), scan);
    }
};

struct Kiosk : Device {
    explicit Kiosk(Registry& meeting, const std::string& name = "K1") : Device(name, meeting.keys)
    {
        must(store->set_event_profile(profile_text()));
        pull(*this, meeting);
    }
};

std::size_t readable(Store& store)
{
    std::size_t count = 0;
    must(store.each_person([&count](const Person&) { ++count; }));
    return count;
}

} // namespace

TEST_CASE("no text of a person stands in any file of a registry or a kiosk, at no time", "[rule11]")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    const auto scan = all_texts();
    CHECK(meeting.shows(scan).empty());
    CHECK(plaintexts(kiosk.folder.path(), scan).empty());
    CHECK(readable(*kiosk.store) == people_count);
    meeting.store.reset();
    kiosk.store.reset();
    CHECK(meeting.shows(scan).empty());
    CHECK(plaintexts(kiosk.folder.path(), scan).empty());
}

TEST_CASE("the scan sees a name that a program left in clear", "[rule11]")
{
    Registry meeting;
    meeting.tamper(fmt::format("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('by {}')",
                               people()[7].badge_name));
    CHECK(meeting.shows(all_texts()).find("montbrillant.db") != std::string::npos);
}

TEST_CASE("after the erasure of one person only their record is unreadable", "[rule11]")
{
    Registry meeting;
    const Copy before(meeting.folder.path());
    REQUIRE(opened(before, before.folder.path()).size() == people_count);
    const DelegateId gone = people()[3].id;
    must(erase_person(*meeting.store, gone, "R-1"));
    const auto left = opened(before, meeting.folder.path());
    CHECK(left.size() == people_count - 1);
    CHECK_FALSE(left.contains(gone.str()));
    for (const auto* log : {"montbrillant.db-wal", "keys.db-wal"})
        CHECK(std::filesystem::file_size(meeting.folder.path() / log) == 0);
    CHECK_FALSE(must(meeting.store->person(gone)));
    CHECK(readable(meeting.open()) == people_count - 1);
    CHECK(meeting.store->view().delegates.find(gone)->erased);
    CHECK_FALSE(must(meeting.store->verify_journal()));
}

TEST_CASE("an erasure whose second half a crash cut off is finished at the next start", "[rule11]")
{
    Registry meeting;
    const Copy before(meeting.folder.path());
    must(erase_person(*meeting.store, people()[3].id, "R-1"));
    meeting.store.reset();
    // The fact is on disk; keys and record as they were before.
    const auto back = std::filesystem::copy_options::overwrite_existing;
    for (const auto* file : {"keys.db", "keys.db-wal"})
        if (std::filesystem::exists(before.folder.path() / file))
            std::filesystem::copy_file(before.folder.path() / file, meeting.folder.path() / file, back);
    REQUIRE(opened(before, meeting.folder.path()).size() == people_count);
    meeting.open();
    CHECK(opened(before, meeting.folder.path()).size() == people_count - 1);
}

TEST_CASE("an erasure is carried out by every device that hears of it", "[rule11]")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    const Copy before(kiosk.folder.path());
    const DelegateId gone = people()[3].id;
    must(erase_person(*meeting.store, gone, "R-1"));
    const auto told = pull(kiosk, meeting);
    CHECK(std::find(told.begin(), told.end(), gone) != told.end()); // for the search index
    const auto left = opened(before, kiosk.folder.path());
    CHECK(left.size() == people_count - 1);
    CHECK_FALSE(left.contains(gone.str()));
}

TEST_CASE("a record that arrives later for an erased person is not kept", "[rule11]")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    // Out of reach, the kiosk amends somebody whom the registry erases meanwhile.
    Person changed = people()[3];
    changed.organization = "Somewhere else altogether";
    must(kiosk.store->commit(
        {{fact::DelegateAmended{changed.id, participation_of(changed)}}, "R-1", {changed}, {}}));
    must(erase_person(*meeting.store, changed.id, "R-1"));
    push(kiosk, meeting);
    CHECK_FALSE(must(meeting.store->person(changed.id)));
    CHECK_FALSE(must(meeting.store->key_store().wrapped_key(changed.id)));
    pull(kiosk, meeting);
    CHECK_FALSE(must(kiosk.store->person(changed.id)));
    CHECK_FALSE(must(kiosk.store->key_store().wrapped_key(changed.id)));
    // A device that joins now never had anything of them.
    Kiosk late(meeting, "K2");
    CHECK(readable(*late.store) == people_count - 1);
    CHECK_FALSE(must(late.store->key_store().wrapped_key(changed.id)));
}

TEST_CASE("an event is erased when it is closed and its days are over, or earlier with a reason")
{
    Registry meeting;
    Store& store = *meeting.store;
    const auto refused = [&](const EraseWish& wish) {
        const auto answer = erase_event(store, wish, meeting.clock.wall());
        REQUIRE_FALSE(answer);
        return answer.error().what;
    };
    CHECK(refused({"R-1", false, ""}) == "the event is not closed");
    CHECK(refused({"R-1", true, "a court"}) == "the event is not closed");
    meeting.close();
    CHECK_THAT(refused({"R-1", false, ""}), Catch::StartsWith("the data is kept until 2017-10-15"));
    meeting.clock.advance(profile().privacy.erase_days * day - Millis(1));
    CHECK_THAT(refused({"R-1", false, ""}), Catch::StartsWith("the data is kept until"));
    CHECK(refused({"R-1", true, ""}) == "an erasure before its time needs a reason");
    CHECK(readable(store) == people_count);
    CHECK(must(erase_event(store, {"R-1", true, "a court"}, meeting.clock.wall())).why == "a court");
    CHECK(readable(store) == 0);
}

TEST_CASE("after the erasure of the event no record of before opens, and no text stands anywhere", "[rule11]")
{
    Registry meeting;
    const Copy before(meeting.folder.path());
    const auto certificate = meeting.erase();
    CHECK(opened(before, before.folder.path()).size() == people_count);
    CHECK(opened(before, meeting.folder.path()).empty());
    CHECK(meeting.shows(all_texts()).empty());
    CHECK(must(EventKeyFile::load(meeting.folder.path()))->protector() == Protector::erased);
    for (const auto& secret : {meeting.keys.master, meeting.keys.short_codes, meeting.keys.pepper}) {
        PlaintextScan scan;
        scan.look_for(to_hex(secret));
        scan.look_for(to_text(secret));
        CHECK(meeting.shows(scan).empty());
    }
    CHECK(certificate.records == people_count);
    CHECK(certificate.delegate_keys == people_count);
    CHECK(certificate.records_tried == people_count);
    CHECK(certificate.records_opened == 0);
    CHECK(certificate.texts > 3 * people_count);
    CHECK(certificate.texts_found == 0);
    CHECK(certificate.proves());
    CHECK(certificate.after.seq == meeting.store->log_head());
    CHECK(certificate.before.seq == certificate.after.seq - 1);
    Store& again = meeting.open();
    CHECK(readable(again) == 0);
    CHECK_FALSE(must(again.verify_journal()));
    CHECK(again.view().delegates.find(people()[0].id)->checked_in); // statistics stay
    CHECK_FALSE(again.commit(registration("late")));
    CHECK(must(erase_event(again, {"R-2", false, ""}, meeting.clock.wall())).by == "R-1"); // done once
}

TEST_CASE("the proof fails where a key was kept", "[rule11]")
{
    Registry meeting;
    const Copy before(meeting.folder.path());
    meeting.erase();
    meeting.store.reset();
    for (const auto* file : {"event.key", "keys.db", "keys.db-wal"})
        std::filesystem::copy_file(before.folder.path() / file, meeting.folder.path() / file,
                                   std::filesystem::copy_options::overwrite_existing);
    CHECK(opened(before, meeting.folder.path()).size() == people_count);
}

TEST_CASE("copies of keys that were set aside in the folder go with the event", "[rule11]")
{
    Registry meeting;
    const auto names = {"keys.db.damaged-1", "event.key.new", "montbrillant.db.damaged-1"};
    const auto there = [&](const std::string& name) {
        return std::filesystem::exists(meeting.folder.path() / name);
    };
    for (const auto* name : names)
        must(write_file(meeting.folder.path() / name, as_bytes("an old copy"), 0600));
    must(erase_person(*meeting.store, people()[3].id, "R-1"));
    CHECK_FALSE(there("keys.db.damaged-1")); // it may hold this one's key
    CHECK(there("montbrillant.db.damaged-1"));
    meeting.erase();
    for (const auto* name : names)
        CHECK_FALSE(there(name));
}

TEST_CASE("badges that a file: printer wrote go with the person, and with the event", "[rule11]")
{
    Registry meeting;
    TemporaryFolder printer;
    const auto print = [&](const std::string& id, const std::string& badge) {
        if (meeting.store->view().delegates.find(DelegateId(id))->badge.empty())
            must(meeting.store->commit(check_in_draft(meeting.store->view(), id, badge)));
        const PrintKey key = print_key(BadgeId(badge), 1, 1);
        auto job = must(meeting.store->print_jobs().find(key));
        job->printer_uuid = "file:" + printer.path().string();
        must(meeting.store->print_jobs().update(*job));
        must(write_file(printer.path() / (key.str() + ".pdf"), as_bytes("%PDF")));
        return printer.path() / (key.str() + ".pdf");
    };
    std::vector<std::string> approved;
    for (const auto& person : people())
        if (person.state == Registration::approved && person.id != people()[0].id)
            approved.push_back(person.id.str());
    const auto first = print(approved[0], "B1");
    const auto second = print(approved[1], "B2");
    must(write_file(printer.path() / "somebody-elses.pdf", as_bytes("%PDF")));
    must(erase_person(*meeting.store, DelegateId(approved[0]), "R-1"));
    CHECK_FALSE(std::filesystem::exists(first));
    CHECK(std::filesystem::exists(second));
    const auto certificate = meeting.erase();
    CHECK(certificate.sheets == std::vector{second.string()});
    CHECK_FALSE(std::filesystem::exists(second));
    CHECK(std::filesystem::exists(printer.path() / "somebody-elses.pdf"));
}

TEST_CASE("kiosks erase the event with their next pull, and certify it themselves", "[rule11]")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    const Copy before(kiosk.folder.path());
    REQUIRE(opened(before, kiosk.folder.path()).size() == people_count);
    const auto theirs = meeting.erase();
    const auto told = pull(kiosk, meeting);
    CHECK(told.size() >= people_count);
    CHECK(opened(before, kiosk.folder.path()).empty());
    CHECK(plaintexts(kiosk.folder.path(), all_texts()).empty());
    const auto own = must(read_certificate(must(kiosk.store->certificate()).value(), "own"));
    CHECK(own.device == kiosk.id);
    CHECK(own.device_key == kiosk.store->keys().device.public_key);
    CHECK(own.device_key != theirs.device_key);
    CHECK(own.after.hash == theirs.after.hash);
    CHECK(own.records_tried == people_count);
    CHECK(own.proves());
    CHECK(readable(kiosk.open()) == 0);
    CHECK_FALSE(erase_event(*kiosk.store, {"R-1", false, ""}, kiosk.clock.wall()).value().event.empty());
}

TEST_CASE("a device erases no event of its own accord")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    meeting.close();
    pull(kiosk, meeting);
    const auto refused = erase_event(*kiosk.store, {"R-1", true, "because"}, kiosk.clock.wall());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::refused);
    // Not even one whose program was changed: the rule is the registry's too.
    CHECK_FALSE(kiosk.store->commit(just({fact::EventErased{"K1", "because"}})));
    CHECK(readable(*kiosk.store) == people_count);
}

TEST_CASE("who was erased is erased in a restored backup too, and every device hears of it again", "[rule11]")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    TemporaryFolder apart;
    must(meeting.store->backup_to(apart.path() / "monday.db"));
    const DelegateId gone = people()[3].id;
    must(erase_person(*meeting.store, gone, "R-1"));
    meeting.store.reset();
    for (const auto* log : {"montbrillant.db-wal", "montbrillant.db-shm"})
        std::filesystem::remove(meeting.folder.path() / log);
    std::filesystem::copy_file(apart.path() / "monday.db", meeting.database(),
                               std::filesystem::copy_options::overwrite_existing);
    Store& restored = meeting.open();
    CHECK_FALSE(restored.view().delegates.find(gone)->erased);
    CHECK_FALSE(must(restored.person(gone)));
    must(repeat_erasures(restored));
    CHECK(restored.view().delegates.find(gone)->erased);
    CHECK(readable(restored) == people_count - 1);
    pull(kiosk, meeting);
    CHECK_FALSE(must(kiosk.store->person(gone)));
}

TEST_CASE("a certificate is as it was signed, or refused")
{
    Registry meeting;
    const auto certificate = meeting.erase();
    const std::string text = must(meeting.store->certificate()).value();
    const auto read = must(read_certificate(text, "c"));
    CHECK(read.signature == certificate.signature);
    CHECK(read.by == "R-1");
    CHECK(read.files.size() == certificate.files.size());
    CHECK(read.device_key == meeting.store->keys().device.public_key);
    CHECK_THAT(text_of(read), Catch::Contains("0 of 60 records of before opened"));
    Json changed = parse_json(text, "c").value();
    changed["checked"]["records_opened"] = 7;
    CHECK(read_certificate(dump_json(changed), "c").error().kind == ErrorKind::refused);
    changed = parse_json(text, "c").value();
    changed.erase("journal");
    CHECK(read_certificate(dump_json(changed), "c").error().what ==
          "\"/journal/before/seq\" is missing or mistyped");
    CHECK(read_certificate("{}", "c").error().kind == ErrorKind::input);
    CHECK(read_certificate("no JSON", "c").error().kind == ErrorKind::input);
}

TEST_CASE(
    "a kiosk that nobody spoke to for a week after the erasure was due wipes its keys, at the second start")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    const Copy before(kiosk.folder.path());
    const WallTime due = profile().ends_at() + profile().privacy.erase_days * day;
    const auto start_at = [&](WallTime now) {
        kiosk.open();
        return must(check_lease(*kiosk.store, now));
    };
    CHECK(start_at(due + (7 * day - Millis(1))) == LeaseState::good);
    CHECK(start_at(WallTime{4102444800000}) == LeaseState::doubted); // a clock battery that ran out: 2100
    CHECK(readable(*kiosk.store) == people_count);
    CHECK(start_at(due) == LeaseState::good); // set right again
    CHECK(start_at(due + 8 * day) == LeaseState::doubted);
    CHECK(start_at(due + (9 * day - Millis(1))) == LeaseState::doubted);
    CHECK(opened(before, kiosk.folder.path()).size() == people_count);
    CHECK(start_at(due + 9 * day) == LeaseState::over);
    CHECK(opened(before, kiosk.folder.path()).empty());
    CHECK(plaintexts(kiosk.folder.path(), all_texts()).empty());
    CHECK(start_at(due + 10 * day) == LeaseState::good); // there is nothing left to wipe
}

TEST_CASE("a registry that was heard lately extends a kiosk's lease, and a registry itself has none")
{
    Registry meeting;
    Kiosk kiosk(meeting);
    const WallTime late = profile().ends_at() + (profile().privacy.erase_days + 30) * day;
    kiosk.clock.advance(late - kiosk.clock.wall());
    must(kiosk.store->heard_registry());
    CHECK(must(check_lease(kiosk.open(), late + (7 * day - Millis(1)))) == LeaseState::good);
    CHECK(must(check_lease(kiosk.open(), late + 7 * day)) == LeaseState::doubted);
    CHECK(must(check_lease(*meeting.store, late + 1000 * day)) == LeaseState::good);
}
