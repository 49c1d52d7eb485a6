// SPDX-License-Identifier: Apache-2.0
#include "sync/base/random.hpp"
#include "sync/domain/people/confirmation_code.hpp"
#include "sync/domain/people/unicode.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace montbrillant;

namespace {

const EventId event("sg20-2017");
const WallTime opening{1504510200000};

crypto::Key key_of(std::uint8_t fill)
{
    crypto::Key key{};
    key.fill(fill);
    return key;
}

const crypto::KeyPair& signing_key()
{
    static const auto pair = crypto::sign_key_from_seed(key_of(7));
    return pair;
}

std::vector<ConfirmationKey> accepted()
{
    return {confirmation_key(crypto::sign_key_from_seed(key_of(6)).public_key),
            confirmation_key(signing_key().public_key)};
}

SignedConfirmation sample()
{
    return {
        event,        DelegateId("R-000123"), "Łukasz Wiśniewski", "Norrvik Telekom", Category::sector_member,
        Language::fr, {1505512800000}};
}

std::string minted(const SignedConfirmation& code = sample()) { return mint_qr(code, signing_key()).value(); }

CodeFault fault_of(std::string_view text, std::optional<WallTime> now = opening)
{
    const auto code = verify_qr(text, accepted(), event, now);
    REQUIRE_FALSE(code.has_value());
    return code.error();
}

CodeFault short_fault(std::string_view text)
{
    const auto code = ShortCode::parse(text);
    REQUIRE_FALSE(code.has_value());
    return code.error();
}

} // namespace

TEST_CASE("a short code is the same whenever it is minted, and another for another person, event or key")
{
    const auto derive = [](std::uint8_t key, const char* of_event, const char* id) {
        return ShortCode::derive(key_of(key), EventId(of_event), DelegateId(id)).printed();
    };
    const auto first = derive(1, "sg20-2017", "R-000123");
    CHECK(first == "W4ZQY-BFNZ9"); // a change of this line orphans every confirmation that was sent
    CHECK(first == derive(1, "sg20-2017", "R-000123"));
    CHECK(first != derive(2, "sg20-2017", "R-000123"));
    CHECK(first != derive(1, "sg20-2018", "R-000123"));
    CHECK(first != derive(1, "sg20-2017", "R-000124"));
    CHECK(derive(1, "ab", "c") != derive(1, "a", "bc"));
}

TEST_CASE("no two of ten thousand delegates have the same short code")
{
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i)
        seen.insert(ShortCode::derive(key_of(1), event, DelegateId("R-" + std::to_string(i))).str());
    CHECK(seen.size() == 10'000);
}

TEST_CASE("a short code is read however a person types it")
{
    const auto code = ShortCode::derive(key_of(1), event, DelegateId("R-000123"));
    std::string lower = code.printed();
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    CHECK(ShortCode::parse(code.printed()) == code);
    CHECK(ShortCode::parse(code.str()) == code);
    CHECK(ShortCode::parse(lower) == code);
    CHECK(ShortCode::parse("  " + code.str().substr(0, 3) + " - " + code.str().substr(3) + "\r\n") == code);
    CHECK(ShortCode::parse(code.str().substr(0, 5) + "–" + code.str().substr(5) + "\u00A0") == code);
    CHECK(code.last_four() == code.str().substr(6));

    // "1" and "0" typed as the letters they look like.
    const std::array<int, 9> values{1, 0, 1, 0, 1, 0, 1, 0, 1};
    const char check = crockford_alphabet[static_cast<std::size_t>(short_code_check(values))];
    const auto looks = ShortCode::parse(std::string("IoLO-lOiO1") + check);
    REQUIRE(looks.has_value());
    CHECK(looks->str() == std::string("101010101") + check);
}

TEST_CASE("every wrong character and every swap of two characters in a short code is noticed")
{
    for (int person = 0; person < 200; ++person) {
        const auto code = ShortCode::derive(key_of(9), event, DelegateId(std::to_string(person))).str();
        for (std::size_t i = 0; i < code.size(); ++i) {
            for (const char c : crockford_alphabet) {
                std::string wrong = code;
                wrong[i] = c;
                if (wrong != code)
                    REQUIRE(short_fault(wrong) == CodeFault::mistyped);
            }
            for (std::size_t j = i + 1; j < code.size(); ++j) {
                std::string swapped = code;
                std::swap(swapped[i], swapped[j]);
                if (swapped != code)
                    REQUIRE(short_fault(swapped) == CodeFault::mistyped);
            }
        }
    }
}

TEST_CASE("the check character is proved for every pair of symbols at every pair of places")
{
    // The code is linear, so the check of a difference is the difference of checks: it is enough that no
    // single and no swapped difference has the check zero.
    const auto syndrome = [](const std::array<int, 10>& v) {
        return short_code_check(std::span(v).first(9)) ^ v[9];
    };
    for (std::size_t i = 0; i < 10; ++i) {
        for (int a = 1; a < 32; ++a) {
            std::array<int, 10> difference{};
            difference[i] = a;
            REQUIRE(syndrome(difference) != 0);
            for (std::size_t j = i + 1; j < 10; ++j) {
                difference[j] = a;
                REQUIRE(syndrome(difference) != 0);
                difference[j] = 0;
            }
        }
    }
}

TEST_CASE("a text that is no short code says what is wrong with it")
{
    const auto code = ShortCode::derive(key_of(1), event, DelegateId("R-000123")).str();
    CHECK(short_fault("") == CodeFault::truncated);
    CHECK(short_fault(code.substr(0, 9)) == CodeFault::truncated);
    CHECK(short_fault(code + "7") == CodeFault::oversized);
    CHECK(short_fault(std::string(1U << 20U, '0')) == CodeFault::oversized);
    CHECK(short_fault("Müller-Lüdenscheidt") == CodeFault::garbled);
    CHECK(short_fault("UUUUU-UUUUU") == CodeFault::garbled);
    CHECK(short_fault("B0123456789ABCDEFGHJK") == CodeFault::badge_id);
}

TEST_CASE("a QR confirmation carries what a kiosk needs for a person it does not know")
{
    const auto code = verify_qr(minted(), accepted(), event, opening);
    REQUIRE(code.has_value());
    CHECK(*code == sample());
    CHECK(verify_qr(minted() + "\r\n", accepted(), event, opening) == sample());
    CHECK(minted() == minted());
}

TEST_CASE("a QR confirmation is at most 300 characters, its longest texts cut between two code points")
{
    for (const std::string letter : {"W", "é", "王", "𝔄"}) {
        for (std::size_t repeat = 0; repeat <= 100; ++repeat) {
            SignedConfirmation code = sample();
            code.event = EventId(std::string(32, 'e'));
            code.delegate = DelegateId(std::string(32, 'd'));
            code.badge_name.clear();
            code.organization.clear();
            for (std::size_t i = 0; i < repeat; ++i) {
                code.badge_name += letter;
                code.organization += i % 2 == 0 ? letter : "x";
            }
            const std::string text = minted(code);
            REQUIRE(text.size() <= 300);
            const auto read = verify_qr(text, accepted(), code.event, opening);
            REQUIRE(read.has_value());
            REQUIRE_FALSE(unicode::first_bad_byte(read->badge_name + read->organization));
            if (repeat <= 6)
                REQUIRE(read->badge_name == code.badge_name);
            REQUIRE(read->badge_name.empty() == code.badge_name.empty());
        }
    }
    SignedConfirmation code = sample();
    code.organization = std::string(400, 'o');
    CHECK(verify_qr(minted(code), accepted(), event, opening)->badge_name == code.badge_name);
    CHECK(minted(code).size() >= 298);
}

TEST_CASE("mint refuses what no code can carry")
{
    auto code = sample();
    code.delegate = DelegateId("");
    CHECK_FALSE(mint_qr(code, signing_key()).has_value());
    code.delegate = DelegateId(std::string(33, 'd'));
    CHECK_FALSE(mint_qr(code, signing_key()).has_value());
    code = sample();
    code.badge_name = "\xff";
    CHECK_FALSE(mint_qr(code, signing_key()).has_value());
    code = sample();
    code.expires = {-1};
    CHECK_FALSE(mint_qr(code, signing_key()).has_value());
}

TEST_CASE("each way in which a QR code is bad has its own name")
{
    CHECK(fault_of("") == CodeFault::garbled);
    CHECK(fault_of("https://example.org/") == CodeFault::garbled);
    CHECK(fault_of("MB") == CodeFault::truncated);
    CHECK(fault_of("MB1:") == CodeFault::truncated);
    CHECK(fault_of("MB1:äöü") == CodeFault::garbled);
    CHECK(fault_of("MB2:" + minted().substr(4)) == CodeFault::unknown_version);
    CHECK(fault_of(minted() + "00") == CodeFault::garbled);
    CHECK(fault_of(std::string(301, 'A')) == CodeFault::oversized);
    CHECK(fault_of(std::string(10'000'000, 'M')) == CodeFault::oversized);
    CHECK(fault_of("B0123456789ABCDEFGHJK\r") == CodeFault::badge_id);
    CHECK(fault_of(minted(), WallTime{1505512800000}) == CodeFault::expired);
    CHECK(verify_qr(minted(), accepted(), event, std::nullopt)
              .has_value()); // an untrusted clock judges nothing

    auto other = sample();
    other.event = EventId("sg17-2018");
    CHECK(fault_of(minted(other)) == CodeFault::other_meeting);
    CHECK(fault_of(mint_qr(sample(), crypto::sign_key_from_seed(key_of(8))).value()) == CodeFault::forged);
    CHECK(verify_qr(minted(), {}, event, opening).error() == CodeFault::forged);
}

TEST_CASE("every beginning of a QR code is called truncated")
{
    const std::string text = minted();
    for (std::size_t size = 1; size < text.size(); ++size) {
        INFO(size);
        REQUIRE(fault_of(std::string_view(text).substr(0, size)) == CodeFault::truncated);
    }
}

TEST_CASE("a key that claims the id of an accepted one forges nothing")
{
    const auto stranger = crypto::sign_key_from_seed(key_of(8));
    const std::vector<ConfirmationKey> keys{
        {confirmation_key(stranger.public_key).id, signing_key().public_key}};
    CHECK(verify_qr(mint_qr(sample(), stranger).value(), keys, event, opening).error() == CodeFault::forged);
}

TEST_CASE("no mutation of a valid QR code verifies or crashes")
{
    const std::string text = minted();
    SeededRandom random(20170904);
    const std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for (std::size_t i = 0; i < text.size(); ++i) { // every single wrong character, in the alphabet
        for (int n = 0; n < 6; ++n) {
            std::string wrong = text;
            wrong[i] = alphabet[random.below(alphabet.size())];
            if (wrong != text)
                REQUIRE_FALSE(verify_qr(wrong, accepted(), event, opening).has_value());
        }
    }
    for (int round = 0; round < 20'000; ++round) {
        std::string wrong = text;
        for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
            const auto at = random.below(wrong.size());
            const auto byte = static_cast<char>(random.below(256));
            switch (random.below(4)) {
            case 0: wrong[at] = byte; break;
            case 1: wrong.insert(at, 1, byte); break;
            case 2: wrong.erase(at, 1 + random.below(8)); break;
            case 3: std::swap(wrong[at], wrong[random.below(wrong.size())]); break;
            }
            if (wrong.empty())
                wrong = "M";
        }
        const auto read = verify_qr(wrong, accepted(), event, opening);
        if (read) // only where nothing but a line end around the text was added
            REQUIRE(*read == sample());
        if (read)
            REQUIRE(wrong.find(text) != std::string::npos);
        static_cast<void>(classify(wrong));
    }
}

TEST_CASE("bytes behind the prefix may be anything without harm")
{
    SeededRandom random(5);
    for (int round = 0; round < 20'000; ++round) {
        Bytes noise(random.below(200));
        random.fill(noise);
        if (!noise.empty() && random.below(2) == 0)
            noise[0] = static_cast<std::uint8_t>(noise.size() - 1);
        REQUIRE_FALSE(verify_qr("MB1:" + to_base45(noise), accepted(), event, opening).has_value());
    }
}

TEST_CASE("a scanned text is told by its looks")
{
    CHECK(classify(minted()) == ScannedText::qr_confirmation);
    CHECK(classify("MB7:ABC") == ScannedText::qr_confirmation);
    const auto code = ShortCode::derive(key_of(1), event, DelegateId("R-000123"));
    CHECK(classify(code.printed()) == ScannedText::short_code);
    CHECK(classify(code.str() + "\n") == ScannedText::short_code);
    SeededRandom random(1);
    CHECK(classify(new_badge_id(random).str()) == ScannedText::badge_id);
    CHECK(badge_id_from("b0123456789abcdefghjk") == BadgeId("B0123456789ABCDEFGHJK"));
    CHECK(classify("") == ScannedText::foreign);
    CHECK(classify("R-000123") == ScannedText::foreign);
    CHECK(classify("Щербакова") == ScannedText::foreign);
    CHECK(classify("https://pretix.example/ABCDE") == ScannedText::foreign);
    CHECK(classify(std::string(5000, 'B')) == ScannedText::foreign);
}

TEST_CASE("every fault of a code has a name and words for staff")
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(CodeFault::unknown_version); ++i) {
        const auto fault = static_cast<CodeFault>(i);
        names.insert(name_of(fault));
        CHECK(error_of(fault).kind == ErrorKind::refused);
        CHECK_FALSE(error_of(fault).what.empty());
    }
    CHECK(names.size() == 9);
}
