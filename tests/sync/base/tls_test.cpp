// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"
#include "sync/base/files.hpp"
#include "sync/base/tls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdlib>

using namespace montbrillant;
using montbrillant::test::TemporaryFolder;

namespace {

constexpr Millis day{Millis(1000) * 60 * 60 * 24};
constexpr WallTime monday{1504510200000};
constexpr tls::Period fortnight{monday, {monday.ms + 14 * day.count()}};

template <class T> T must(Result<T> result)
{
    if (!result)
        FAIL(result.error().text());
    return std::move(*result);
}

tls::Issuer authority() { return must(tls::make_authority(must(tls::new_key()), "CA", fortnight)); }

struct Kiosk {
    crypto::KeyPair key = crypto::sign_key_from_seed({1, 2, 3});
    tls::Device device{DeviceId("K2"), 3, key.public_key};
};

/// What the openssl program answers, both streams.
std::string openssl(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", "exec openssl \"$@\" 2>&1", "sh"});
    auto child = must(ChildProcess::start(arguments));
    std::string all;
    std::string line;
    while (child.read_line(line, Millis(30000)) == ChildProcess::Read::line)
        all += line + "\n";
    return all;
}

bool has(const std::string& text, const std::string& words)
{
    INFO(text);
    return text.find(words) != std::string::npos;
}

std::string write(const TemporaryFolder& folder, const char* name, const std::string& text)
{
    const auto file = folder.path() / name;
    REQUIRE(write_file(file, as_bytes(text), 0600));
    return file.string();
}

} // namespace

TEST_CASE("a device's certificate names it, its epoch, its own key and fourteen days")
{
    const Kiosk kiosk;
    const auto ca = authority();
    const auto read =
        must(tls::read_device(must(tls::sign_device(ca, kiosk.device, fortnight)), ca.certificate));
    CHECK(read.device.name == DeviceId("K2"));
    CHECK(read.device.epoch == 3);
    CHECK(read.device.key == kiosk.key.public_key);
    CHECK(read.valid.from == monday);
    CHECK(read.valid.until == monday + 14 * day);
}

TEST_CASE("the openssl program agrees on what the authority signed, and for what")
{
    const TemporaryFolder folder;
    const Kiosk kiosk;
    const auto ca = authority();
    const std::vector<std::string> names{"registry.hall", "192.0.2.7", "2001:db8::7"};
    const auto ca_file = write(folder, "ca.pem", ca.certificate);
    const auto server_file =
        write(folder, "registry.pem", must(tls::sign_server(ca, must(tls::new_key()), names, fortnight)));
    const auto device_file = write(folder, "device.pem", must(tls::sign_device(ca, kiosk.device, fortnight)));
    const auto verify = [&](const std::string& file, std::vector<std::string> more) {
        more.insert(more.begin(), {"verify", "-x509_strict", "-CAfile", ca_file});
        more.push_back(file);
        return openssl(more);
    };
    const std::string inside = std::to_string((monday.ms + day.count()) / 1000);
    const std::string after = std::to_string((monday.ms + 15 * day.count()) / 1000);
    CHECK(has(verify(device_file, {"-attime", inside, "-purpose", "sslclient"}), "OK"));
    CHECK(has(verify(device_file, {"-attime", inside, "-purpose", "sslserver"}), "unsuitable"));
    CHECK(has(verify(device_file, {"-attime", after, "-purpose", "sslclient"}), "expired"));
    for (const auto* as :
         {"-verify_hostname registry.hall", "-verify_ip 192.0.2.7", "-verify_ip 2001:db8::7"}) {
        const std::string words(as);
        const auto space = words.find(' ');
        CHECK(has(verify(server_file, {"-attime", inside, "-purpose", "sslserver", words.substr(0, space),
                                       words.substr(space + 1)}),
                  "OK"));
    }
    CHECK(has(verify(server_file, {"-attime", inside, "-verify_hostname", "elsewhere.hall"}), "mismatch"));
    CHECK(has(openssl({"x509", "-in", device_file, "-noout", "-subject", "-nameopt", "RFC2253"}), "CN=K2"));
}

TEST_CASE("what another authority signed, or no device shows, is refused")
{
    const Kiosk kiosk;
    const auto ca = authority();
    const auto other = authority();
    const auto foreign = must(tls::sign_device(other, kiosk.device, fortnight));
    const std::vector<std::string> names{"registry.hall"};
    CHECK_FALSE(tls::read_device(foreign, ca.certificate));
    CHECK_FALSE(
        tls::read_device(must(tls::sign_server(ca, must(tls::new_key()), names, fortnight)), ca.certificate));
    CHECK_FALSE(tls::read_device(ca.certificate, ca.certificate));
    CHECK_FALSE(tls::read_device("", ca.certificate));
    CHECK_FALSE(
        tls::read_device("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ca.certificate));
    CHECK_FALSE(tls::read_device(foreign, "no certificate"));
    CHECK(tls::belongs(ca));
    CHECK_FALSE(tls::belongs({ca.key, other.certificate}));
    CHECK_FALSE(tls::pin_of_key("no key", "here"));
    CHECK_FALSE(tls::sign_server(ca, must(tls::new_key()), {}, fortnight));
}

TEST_CASE("a pin is of the key, not of the certificate, and is what openssl and RFC 7469 make of it")
{
    const TemporaryFolder folder;
    const auto ca = authority();
    const auto key = must(tls::new_key());
    const std::vector<std::string> names{"a"};
    const auto first = must(tls::sign_server(ca, key, names, fortnight));
    const auto second = must(tls::sign_server(ca, key, names, {monday + day, monday + 2 * day}));
    const auto pin = must(tls::pin_of_key(key, "key"));
    CHECK(must(tls::pin_of_certificate(first, "first")) == pin);
    CHECK(must(tls::pin_of_certificate(second, "second")) == pin);
    CHECK(tls::read_pin(tls::write_pin(pin)) == pin);
    const auto file = write(folder, "key.pem", key);
    const auto said = openssl({"pkey", "-in", file, "-pubout", "-outform", "DER", "-out", file + ".der"});
    CHECK(said.empty());
    CHECK(has(openssl({"dgst", "-sha256", file + ".der"}), to_hex(pin)));
    CHECK(tls::write_pin({0xfb, 0xff}) == "-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    CHECK(tls::curl_pin({0xfb, 0xff}) == "sha256//+/8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    for (const auto* wrong :
         {"", "-_8", "-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!",
          "-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "+/8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        CHECK_FALSE(tls::read_pin(wrong));
}

TEST_CASE("a device's key is the Ed25519 key that signs its facts (RFC 8032, 7.1, test 1)")
{
    const auto seed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    crypto::Key raw{};
    std::copy(seed->begin(), seed->end(), raw.begin());
    const auto pair = crypto::sign_key_from_seed(raw);
    const TemporaryFolder folder;
    const auto file = write(folder, "device.key", must(tls::device_key(pair.secret_key)));
    const auto shown = openssl({"pkey", "-in", file, "-pubout", "-text", "-noout"});
    CHECK(has(shown, "ED25519"));
    CHECK(has(shown, "d7:5a:98:01:82:b1:0a:b7:d5:4b:fe:d3:c9:64:07"));
}
