// SPDX-License-Identifier: Apache-2.0
#include "sync/protocol/messages.hpp"

#include "sync/protocol/fields.hpp"

namespace montbrillant::protocol {
namespace {

constexpr JsonLimits small_message{.bytes_max = small_body_bytes_max, .depth_max = 8};
constexpr JsonLimits large_message{.bytes_max = push_body_bytes_max, .depth_max = 8};
constexpr JsonLimits snapshot_line{.bytes_max = snapshot_line_bytes_max, .depth_max = 8};
constexpr std::size_t wrapped_key_bytes_max = 256;
constexpr std::size_t reason_bytes_max = 1024;

Json fact_json(const WireFact& fact)
{
    Json out{{"bytes", fact.bytes}, {"prev", to_hex(fact.previous)}, {"hash", to_hex(fact.hash)}};
    if (fact.record)
        out["record"] = {{"delegate", fact.record->delegate.str()},
                         {"wrapped_key", to_hex(fact.record->wrapped_key)},
                         {"sealed", to_hex(fact.record->sealed)}};
    return out;
}

WireFact read_fact(Fields& in)
{
    WireFact fact;
    fact.bytes = in.text("bytes", fact_bytes_max);
    fact.previous = in.hex<32>("prev");
    fact.hash = in.hex<32>("hash");
    if (in.has("record")) {
        Fields record(in.object("record"), "record");
        fact.record = WireRecord{record.id<DelegateId>("delegate"),
                                 record.hex_bytes("wrapped_key", wrapped_key_bytes_max),
                                 record.hex_bytes("sealed", sealed_bytes_max)};
        in.adopt(record);
    }
    return fact;
}

void write_outcome(Json& out, const Outcome& outcome)
{
    out["verdict"] = name_of(outcome.verdict);
    if (outcome.conflict)
        out["conflict"] = name_of(*outcome.conflict);
    if (!outcome.reason.empty())
        out["reason"] = outcome.reason;
}

Outcome read_outcome(Fields& in)
{
    Outcome outcome;
    const auto verdict = verdict_from(in.text("verdict", 32));
    if (!verdict)
        in.complain("\"verdict\" is none that this program knows: it is older than the registry");
    outcome.verdict = verdict.value_or(Verdict::rejected);
    if (in.has("conflict")) {
        outcome.conflict = conflict_from(in.text("conflict", 64));
        if (!outcome.conflict)
            in.complain("\"conflict\" is none that this program knows: it is older than the registry");
    }
    if (outcome.conflict.has_value() != (outcome.verdict == Verdict::conflict))
        in.complain("\"conflict\" goes with the verdict conflict, and only with it");
    outcome.reason = in.text_or_empty("reason", reason_bytes_max);
    return outcome;
}

void write_standing(Json& out, const Standing& standing)
{
    out["registry_id"] = standing.registry_id;
    out["log_epoch"] = standing.log_epoch;
    out["server_time"] = standing.server_time.ms;
}

Standing read_standing(Fields& in)
{
    return {in.text("registry_id", 64), in.text("log_epoch", 64), {in.time("server_time")}};
}

Json place_json(const LogPlace& place) { return {{"seq", place.seq}, {"log_hash", to_hex(place.log_hash)}}; }

Json row_json(const PullRow& row)
{
    Json out = fact_json(row.fact);
    out["seq"] = row.seq;
    out["log_hash"] = to_hex(row.log_hash);
    out["device"] = row.device.str();
    out["epoch"] = row.epoch;
    out["counter"] = row.counter;
    write_outcome(out, row.outcome);
    return out;
}

LogPlace read_place(Fields& outer, std::string_view key)
{
    Fields in(outer.object(key), std::string(key));
    const LogPlace place{in.count("seq", 0), in.hex<32>("log_hash")};
    outer.adopt(in);
    return place;
}

PullRow read_row(Fields& in)
{
    PullRow row;
    row.seq = in.count("seq", 1);
    row.log_hash = in.hex<32>("log_hash");
    row.outcome = read_outcome(in);
    row.device = in.id<DeviceId>("device");
    row.epoch = in.epoch("epoch");
    row.counter = in.count("counter", 1);
    row.fact = read_fact(in);
    return row;
}

} // namespace

std::string write(const EnrolRequest& request)
{
    Json out{
        {"protocol", request.protocol}, {"token", request.token}, {"public_key", to_hex(request.public_key)}};
    if (request.epoch != 0)
        out["epoch"] = request.epoch;
    return dump_json(out);
}

Result<EnrolRequest> read_enrol_request(std::string_view text)
{
    JsonText json(small_message);
    MB_TRY(const JsonView object, json.read(text, "enrol"));
    Fields in(object, "enrol");
    EnrolRequest request;
    request.protocol = static_cast<int>(in.number("protocol", 1, 1000));
    request.token = in.text("token", 64);
    request.public_key = in.hex<32>("public_key");
    if (in.has("epoch"))
        request.epoch = in.epoch("epoch");
    MB_CHECK(in.finish());
    return request;
}

std::string write(const EnrolAnswer& answer)
{
    Json out{{"device", answer.device.str()},
             {"event", answer.event.str()},
             {"epoch", answer.epoch},
             {"keys",
              {{"master", to_hex(answer.master)},
               {"short_codes", to_hex(answer.short_codes)},
               {"pepper", to_hex(answer.pepper)},
               {"confirmation_public", to_hex(answer.confirmation_public)}}},
             {"event_profile", answer.event_profile}};
    if (!answer.certificate.empty())
        out["tls"] = {{"authority", answer.authority}, {"certificate", answer.certificate}};
    write_standing(out, answer.standing);
    return dump_json(out);
}

Result<EnrolAnswer> read_enrol_answer(std::string_view text)
{
    JsonText json(large_message);
    MB_TRY(const JsonView object, json.read(text, "enrol answer"));
    Fields in(object, "enrol answer");
    EnrolAnswer answer;
    answer.device = in.id<DeviceId>("device");
    answer.event = in.id<EventId>("event");
    answer.epoch = in.epoch("epoch");
    Fields keys(in.object("keys"), "keys");
    answer.master = keys.hex<32>("master");
    answer.short_codes = keys.hex<32>("short_codes");
    answer.pepper = keys.hex<32>("pepper");
    answer.confirmation_public = keys.hex<32>("confirmation_public");
    in.adopt(keys);
    answer.event_profile = in.text("event_profile", profile_bytes_max);
    if (in.has("tls")) {
        Fields tls(in.object("tls"), "tls");
        answer.authority = tls.text("authority", certificate_bytes_max);
        answer.certificate = tls.text("certificate", certificate_bytes_max);
        in.adopt(tls);
    }
    answer.standing = read_standing(in);
    MB_CHECK(in.finish());
    return answer;
}

std::string write(const RenewRequest& request)
{
    return dump_json(
        {{"protocol", request.protocol}, {"device", request.device.str()}, {"epoch", request.epoch}});
}

Result<RenewRequest> read_renew_request(std::string_view text)
{
    JsonText json(small_message);
    MB_TRY(const JsonView object, json.read(text, "renew"));
    Fields in(object, "renew");
    RenewRequest request;
    request.protocol = static_cast<int>(in.number("protocol", 1, 1000));
    request.device = in.id<DeviceId>("device");
    request.epoch = in.epoch("epoch");
    MB_CHECK(in.finish());
    return request;
}

std::string write(const RenewAnswer& answer)
{
    Json out{{"certificate", answer.certificate}};
    write_standing(out, answer.standing);
    return dump_json(out);
}

Result<RenewAnswer> read_renew_answer(std::string_view text)
{
    JsonText json(small_message);
    MB_TRY(const JsonView object, json.read(text, "renew answer"));
    Fields in(object, "renew answer");
    RenewAnswer answer{in.text("certificate", certificate_bytes_max), read_standing(in)};
    MB_CHECK(in.finish());
    return answer;
}

std::string write(const LeaveRequest& request)
{
    return dump_json({{"protocol", request.protocol},
                      {"device", request.device.str()},
                      {"epoch", request.epoch},
                      {"last_counter", request.last_counter}});
}

Result<LeaveRequest> read_leave_request(std::string_view text)
{
    JsonText json(small_message);
    MB_TRY(const JsonView object, json.read(text, "leave"));
    Fields in(object, "leave");
    LeaveRequest request;
    request.protocol = static_cast<int>(in.number("protocol", 1, 1000));
    request.device = in.id<DeviceId>("device");
    request.epoch = in.epoch("epoch");
    request.last_counter = in.count("last_counter", 0);
    MB_CHECK(in.finish());
    return request;
}

std::string write(const LeaveAnswer& answer)
{
    Json out = Json::object();
    write_standing(out, answer.standing);
    return dump_json(out);
}

Result<LeaveAnswer> read_leave_answer(std::string_view text)
{
    JsonText json(small_message);
    MB_TRY(const JsonView object, json.read(text, "leave answer"));
    Fields in(object, "leave answer");
    LeaveAnswer answer{read_standing(in)};
    MB_CHECK(in.finish());
    return answer;
}

std::string write(const PushRequest& request)
{
    Json facts = Json::array();
    for (const auto& fact : request.facts)
        facts.push_back(fact_json(fact));
    Json out{{"protocol", request.protocol},
             {"device", request.device.str()},
             {"epoch", request.epoch},
             {"facts", std::move(facts)}};
    if (request.head_signature)
        out["head_signature"] = to_hex(*request.head_signature);
    return dump_json(out);
}

Result<PushRequest> read_push_request(std::string_view text)
{
    JsonText json(large_message);
    MB_TRY(const JsonView object, json.read(text, "push"));
    Fields in(object, "push");
    PushRequest request;
    request.protocol = static_cast<int>(in.number("protocol", 1, 1000));
    request.device = in.id<DeviceId>("device");
    request.epoch = in.epoch("epoch");
    std::size_t index = 0;
    for (const auto& item : in.list("facts", facts_per_push_max)) {
        Fields fact(item, fmt::format("facts[{}]", index++));
        request.facts.push_back(read_fact(fact));
        in.adopt(fact);
    }
    if (in.has("head_signature"))
        request.head_signature = in.hex<64>("head_signature");
    if (request.head_signature.has_value() == request.facts.empty())
        in.complain("\"head_signature\" goes with facts, and facts with it");
    MB_CHECK(in.finish());
    return request;
}

std::string write(const PushAnswer& answer)
{
    Json outcomes = Json::array();
    for (const auto& outcome : answer.outcomes) {
        Json row{{"counter", outcome.counter}, {"seq", outcome.seq}};
        write_outcome(row, outcome.outcome);
        outcomes.push_back(std::move(row));
    }
    Json out{{"outcomes", std::move(outcomes)},
             {"last_counter", answer.last_counter},
             {"last_hash", to_hex(answer.last_hash)}};
    write_standing(out, answer.standing);
    return dump_json(out);
}

Result<PushAnswer> read_push_answer(std::string_view text)
{
    JsonText json(large_message);
    MB_TRY(const JsonView object, json.read(text, "push answer"));
    Fields in(object, "push answer");
    PushAnswer answer;
    std::size_t index = 0;
    for (const auto& item : in.list("outcomes", facts_per_push_max)) {
        Fields row(item, fmt::format("outcomes[{}]", index++));
        answer.outcomes.push_back({row.count("counter", 1), row.count("seq", 1), read_outcome(row)});
        in.adopt(row);
    }
    answer.last_counter = in.count("last_counter", 0);
    answer.last_hash = in.hex<32>("last_hash");
    answer.standing = read_standing(in);
    MB_CHECK(in.finish());
    return answer;
}

std::string write(const PullAnswer& answer)
{
    Json rows = Json::array();
    for (const auto& row : answer.rows)
        rows.push_back(row_json(row));
    Json out{{"rows", std::move(rows)}, {"next", place_json(answer.next)}, {"more", answer.more}};
    write_standing(out, answer.standing);
    return dump_json(out);
}

Result<PullAnswer> read_pull_answer(std::string_view text)
{
    JsonText json(large_message);
    MB_TRY(const JsonView object, json.read(text, "pull answer"));
    Fields in(object, "pull answer");
    PullAnswer answer;
    std::size_t index = 0;
    for (const auto& item : in.list("rows", rows_per_pull_max)) {
        Fields row(item, fmt::format("rows[{}]", index++));
        answer.rows.push_back(read_row(row));
        in.adopt(row);
    }
    answer.next = read_place(in, "next");
    answer.more = in.boolean("more");
    answer.standing = read_standing(in);
    MB_CHECK(in.finish());
    return answer;
}

std::string write(const PullRow& row) { return dump_json(row_json(row)); }

Result<PullRow> read_pull_row(std::string_view line)
{
    thread_local JsonText json(snapshot_line);
    MB_TRY(const JsonView object, json.read(line, "row"));
    Fields in(object, "row");
    PullRow row = read_row(in);
    MB_CHECK(in.finish());
    return row;
}

std::string write(const SnapshotHead& head)
{
    return dump_json({{"format", head.format},
                      {"registry_id", head.registry_id},
                      {"log_epoch", head.log_epoch},
                      {"end", place_json(head.end)},
                      {"segment_rows", head.segment_rows},
                      {"segments", head.segments}});
}

Result<SnapshotHead> read_snapshot_head(std::string_view line)
{
    JsonText json(snapshot_line);
    MB_TRY(const JsonView object, json.read(line, "snapshot"));
    Fields in(object, "snapshot");
    SnapshotHead head;
    head.format = static_cast<int>(in.number("format", 1, 1000));
    head.registry_id = in.text("registry_id", 64);
    head.log_epoch = in.text("log_epoch", 64);
    head.end = read_place(in, "end");
    head.segment_rows = in.number("segment_rows", 1, 1U << 20);
    for (const auto& item : in.list("segments", snapshot_segments_max)) {
        const auto size = item.integer();
        if (!size || *size < 0 || *size > std::numeric_limits<std::uint32_t>::max())
            in.complain("\"segments\" must be sizes in bytes");
        else
            head.segments.push_back(static_cast<std::uint64_t>(*size));
    }
    if (head.segments.size() != (head.end.seq + head.segment_rows - 1) / head.segment_rows)
        in.complain("\"segments\" are not as many as its rows need");
    MB_CHECK(in.finish());
    return head;
}

tl::unexpected<Refusal> refuse(int status, std::string_view code, std::string words)
{
    return tl::unexpected(Refusal{status, std::string(code), std::move(words), {}});
}

std::string write(const Refusal& refusal)
{
    Json out{{"error", refusal.code}, {"words", refusal.words}};
    if (refusal.expect)
        out["expect"] = *refusal.expect;
    return dump_json(out);
}

Refusal read_refusal(int status, std::string_view text)
{
    Refusal refusal{status, "", fmt::format("the registry answered with HTTP status {}", status), {}};
    const auto object = parse_json(text, "error", small_message);
    if (!object)
        return refusal;
    refusal.code = json_text_or(*object, "error", "");
    auto words = json_text(*object, "words");
    if (words && words->size() <= reason_bytes_max)
        refusal.words = std::move(*words);
    if (const auto expect = json_int(*object, "expect"); expect && *expect > 0)
        refusal.expect = static_cast<std::uint64_t>(*expect);
    return refusal;
}

std::size_t wire_size(const WireFact& fact)
{
    std::size_t size =
        fact.bytes.size() + fact.bytes.size() / 8 + 512; // quotes are escaped; hashes, keys, commas
    if (fact.record)
        size += 2 * (fact.record->sealed.size() + fact.record->wrapped_key.size()) + 128;
    return size;
}

Result<Envelope> read_envelope(std::string_view fact_bytes)
{
    JsonText json({.bytes_max = fact_bytes_max, .depth_max = 8});
    MB_TRY(const JsonView object, json.read(fact_bytes, "fact"));
    Fields in(object, "fact");
    Envelope envelope{in.id<DeviceId>("device"), in.epoch("epoch"), in.count("counter", 1)};
    MB_CHECK(in.finish());
    return envelope;
}

bool is_device_name(std::string_view name)
{
    const auto allowed = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !name.empty() && name.size() <= 16 && name != "registry" &&
           std::all_of(name.begin(), name.end(), allowed);
}

} // namespace montbrillant::protocol
