// SPDX-License-Identifier: Apache-2.0
#include "sync/base/tls.hpp"

#include "sync/base/number.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace montbrillant::tls {
namespace {

struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(BIO* p) const { BIO_free_all(p); }
    void operator()(BIGNUM* p) const { BN_free(p); }
    void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
    void operator()(X509_STORE* p) const { X509_STORE_free(p); }
    void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
    void operator()(ASN1_TIME* p) const { ASN1_TIME_free(p); }
    void operator()(unsigned char* p) const { OPENSSL_free(p); }
};
template <class T> using Owner = std::unique_ptr<T, Free>;

constexpr int base64_of_pin = 44; ///< with one "="

/// The library's last word; its queue is empty afterwards.
tl::unexpected<Error> broken(std::string what, std::string_view where)
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code != 0) {
        const char* reason = ERR_reason_error_string(code);
        what += fmt::format(": {}", reason != nullptr ? reason : "unknown");
    }
    return fail(ErrorKind::input, std::move(what), std::string(where));
}

Owner<BIO> reading(const std::string& text)
{
    return Owner<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

Result<Owner<EVP_PKEY>> read_key(const std::string& pem, std::string_view where)
{
    Owner<EVP_PKEY> key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr));
    if (!key)
        return broken("is no private key", where);
    return key;
}

Result<Owner<X509>> read_certificate(const std::string& pem, std::string_view where)
{
    Owner<X509> certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
    if (!certificate)
        return broken("is no certificate", where);
    return certificate;
}

Result<std::string> write_key(EVP_PKEY* key)
{
    const Owner<BIO> out(BIO_new(BIO_s_secmem()));
    if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return broken("a key cannot be written", "OpenSSL");
    return text_of(out.get());
}

Result<Pin> pin_of(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    const Owner<unsigned char> owner(der);
    Pin pin{};
    if (size <= 0 ||
        EVP_Digest(der, static_cast<std::size_t>(size), pin.data(), nullptr, EVP_sha256(), nullptr) != 1)
        return broken("a key cannot be hashed", "OpenSSL");
    return pin;
}

std::string base64(const Pin& pin)
{
    std::string out(base64_of_pin + 1, '\0');
    EVP_EncodeBlock(static_cast<unsigned char*>(static_cast<void*>(out.data())), pin.data(),
                    static_cast<int>(pin.size()));
    out.resize(base64_of_pin);
    return out;
}

// --- making certificates
// -------------------------------------------------------------------------------------

bool set_dates(X509* certificate, const Period& valid)
{
    return ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(valid.from.ms / 1000)) !=
               nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(valid.until.ms / 1000)) !=
               nullptr;
}

/// 127 random bits, positive (RFC 5280, 4.1.2.2).
bool set_serial(X509* certificate)
{
    std::array<std::uint8_t, 16> raw{};
    crypto::random_fill(raw);
    raw.front() = static_cast<std::uint8_t>((raw.front() & 0x3FU) | 0x40U);
    const Owner<BIGNUM> number(BN_bin2bn(raw.data(), static_cast<int>(raw.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool add_name(X509_NAME* name, int kind, std::string_view text)
{
    const std::string value(text);
    return X509_NAME_add_entry_by_NID(
               name, kind, MBSTRING_UTF8,
               static_cast<const unsigned char*>(static_cast<const void*>(value.data())),
               static_cast<int>(value.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Owner<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

struct Extension {
    int kind;
    std::string value;
};
struct Wanted {
    std::string name;
    std::string serial_number; ///< of the subject; empty: none
    EVP_PKEY* key = nullptr;
    Period valid;
    std::vector<Extension> extensions;
};

/// `issuer` is nothing when the certificate signs itself.
Result<Owner<X509>> make_certificate(const Wanted& wanted, X509* issuer, EVP_PKEY* issuer_key)
{
    Owner<X509> made(X509_new());
    X509* signer = issuer != nullptr ? issuer : made.get();
    X509_NAME* subject = X509_get_subject_name(made.get());
    bool good = X509_set_version(made.get(), X509_VERSION_3) == 1 && set_serial(made.get()) &&
                set_dates(made.get(), wanted.valid) && add_name(subject, NID_commonName, wanted.name) &&
                (wanted.serial_number.empty() || add_name(subject, NID_serialNumber, wanted.serial_number)) &&
                X509_set_issuer_name(made.get(), X509_get_subject_name(signer)) == 1 &&
                X509_set_pubkey(made.get(), wanted.key) == 1 &&
                add_extension(made.get(), signer, NID_subject_key_identifier, "hash");
    for (const auto& [kind, value] : wanted.extensions)
        good = good && add_extension(made.get(), signer, kind, value);
    good = good && add_extension(made.get(), signer, NID_authority_key_identifier, "keyid:always") &&
           X509_sign(made.get(), issuer_key, EVP_sha256()) > 0;
    if (!good)
        return broken("a certificate cannot be made", wanted.name);
    return made;
}

Result<std::string> write_certificate(const Result<Owner<X509>>& made)
{
    if (!made)
        return fail(made.error());
    const Owner<BIO> out(BIO_new(BIO_s_mem()));
    if (!out || PEM_write_bio_X509(out.get(), made->get()) != 1)
        return broken("a certificate cannot be written", "OpenSSL");
    return text_of(out.get());
}

Result<std::string> issue(const Issuer& issuer, const Wanted& wanted)
{
    MB_TRY(const auto key, read_key(issuer.key, "authority"));
    MB_TRY(const auto certificate, read_certificate(issuer.certificate, "authority"));
    return write_certificate(make_certificate(wanted, certificate.get(), key.get()));
}

/// "DNS:registry.hall,IP:192.0.2.7"
std::string alternative_names(std::span<const std::string> names)
{
    std::string out;
    for (const auto& name : names) {
        const bool numeric =
            name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
        out += fmt::format("{}{}:{}", out.empty() ? "" : ",", numeric ? "IP" : "DNS", name);
    }
    return out;
}

// --- reading certificates
// ------------------------------------------------------------------------------------

std::optional<WallTime> read_time(const ASN1_TIME* time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return std::nullopt;
    return WallTime{static_cast<std::int64_t>(::timegm(&parts)) * 1000};
}

std::string name_part(X509* certificate, int kind)
{
    X509_NAME* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, kind, -1);
    if (at < 0)
        return {};
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    const Owner<unsigned char> owner(utf8);
    return size < 0 ? std::string() : to_text({utf8, static_cast<std::size_t>(size)});
}

Result<DeviceCertificate> device_of(X509* certificate)
{
    DeviceCertificate out;
    const auto wrong = [](std::string what) { return broken(std::move(what), "a device's certificate"); };
    const auto epoch = number_from<std::uint32_t>(name_part(certificate, NID_serialNumber));
    out.device.name = DeviceId(name_part(certificate, NID_commonName));
    if (out.device.name.empty() || !epoch)
        return wrong("names no device");
    out.device.epoch = *epoch;
    std::size_t size = out.device.key.size();
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, out.device.key.data(), &size) != 1 || size != out.device.key.size())
        return wrong("is not for an Ed25519 key");
    const auto from = read_time(X509_get0_notBefore(certificate));
    const auto until = read_time(X509_get0_notAfter(certificate));
    if (!from || !until)
        return wrong("has no dates");
    out.valid = {*from, *until};
    return out;
}

Result<> check_signed_by(X509* certificate, X509* authority)
{
    const Owner<X509_STORE> store(X509_STORE_new());
    const Owner<X509_STORE_CTX> context(X509_STORE_CTX_new());
    if (!store || !context || X509_STORE_add_cert(store.get(), authority) != 1 ||
        X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) != 1)
        return broken("a certificate cannot be checked", "OpenSSL");
    X509_VERIFY_PARAM* how = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_NO_CHECK_TIME);
    X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_CLIENT);
    if (X509_verify_cert(context.get()) != 1)
        return broken(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())),
                      "a device's certificate");
    return {};
}

} // namespace

std::string write_pin(const Pin& pin)
{
    std::string out = base64(pin);
    out.pop_back(); // the padding
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

std::optional<Pin> read_pin(std::string_view text)
{
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    plain += '=';
    std::array<unsigned char, base64_of_pin / 4 * 3> raw{};
    if (plain.size() != base64_of_pin ||
        EVP_DecodeBlock(raw.data(), static_cast<const unsigned char*>(static_cast<const void*>(plain.data())),
                        base64_of_pin) != static_cast<int>(raw.size()))
        return std::nullopt;
    Pin pin{};
    std::copy_n(raw.begin(), pin.size(), pin.begin());
    return write_pin(pin) == text ? std::optional(pin) : std::nullopt; // one spelling only
}

std::string curl_pin(const Pin& pin) { return "sha256//" + base64(pin); }

Result<std::string> new_key()
{
    const Owner<EVP_PKEY> key(EVP_EC_gen("P-256"));
    if (!key)
        return broken("a key cannot be made", "OpenSSL");
    return write_key(key.get());
}

Result<std::string> device_key(const crypto::SecretKey& key)
{
    constexpr std::size_t seed_size = 32; // libsodium keeps the public key behind the seed
    const Owner<EVP_PKEY> made(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.data(), seed_size));
    if (!made)
        return broken("the device's key cannot be used", "OpenSSL");
    return write_key(made.get());
}

Result<Pin> pin_of_key(const std::string& key, std::string_view where)
{
    MB_TRY(const auto read, read_key(key, where));
    return pin_of(read.get());
}

Result<Pin> pin_of_certificate(const std::string& certificate, std::string_view where)
{
    MB_TRY(const auto read, read_certificate(certificate, where));
    EVP_PKEY* key = X509_get0_pubkey(read.get());
    if (key == nullptr)
        return broken("has no key that can be used", where);
    return pin_of(key);
}

Result<Issuer> make_authority(const std::string& key, const std::string& name, const Period& valid)
{
    MB_TRY(const auto read, read_key(key, "authority"));
    const Wanted wanted{name,
                        "",
                        read.get(),
                        valid,
                        {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                         {NID_key_usage, "critical,keyCertSign,cRLSign"}}};
    MB_TRY(auto certificate, write_certificate(make_certificate(wanted, nullptr, read.get())));
    return Issuer{key, std::move(certificate)};
}

bool belongs(const Issuer& issuer)
{
    const auto key = pin_of_key(issuer.key, "");
    const auto certificate = pin_of_certificate(issuer.certificate, "");
    return key && certificate && *key == *certificate;
}

Result<std::string> sign_server(const Issuer& issuer, const std::string& server_key,
                                std::span<const std::string> names, const Period& valid)
{
    if (names.empty())
        return fail(ErrorKind::input, "a server needs a name", "certificate");
    MB_TRY(const auto key, read_key(server_key, "registry"));
    return issue(issuer, {"Montbrillant registry",
                          "",
                          key.get(),
                          valid,
                          {{NID_basic_constraints, "critical,CA:FALSE"},
                           {NID_key_usage, "critical,digitalSignature"},
                           {NID_ext_key_usage, "serverAuth"},
                           {NID_subject_alt_name, alternative_names(names)}}});
}

Result<std::string> sign_device(const Issuer& issuer, const Device& device, const Period& valid)
{
    const Owner<EVP_PKEY> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, device.key.data(), device.key.size()));
    if (!key)
        return broken("the device's key cannot be used", device.name.str());
    return issue(issuer, {device.name.str(),
                          std::to_string(device.epoch),
                          key.get(),
                          valid,
                          {{NID_basic_constraints, "critical,CA:FALSE"},
                           {NID_key_usage, "critical,digitalSignature"},
                           {NID_ext_key_usage, "clientAuth"}}});
}

Result<DeviceCertificate> read_device(const std::string& certificate, const std::string& authority)
{
    MB_TRY(const auto read, read_certificate(certificate, "a device's certificate"));
    MB_TRY(const auto signer, read_certificate(authority, "authority"));
    MB_CHECK(check_signed_by(read.get(), signer.get()));
    return device_of(read.get());
}

Result<> be_server(void* context, const ServerIdentity& identity)
{
    auto* ctx = static_cast<SSL_CTX*>(context);
    MB_TRY(const auto key, read_key(identity.key, "registry"));
    MB_TRY(const auto certificate, read_certificate(identity.certificate, "registry"));
    MB_TRY(const auto authority, read_certificate(identity.authority, "authority"));
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_verify_depth(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_NO_CHECK_TIME);
    const bool good = SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
                      SSL_CTX_use_certificate(ctx, certificate.get()) == 1 &&
                      SSL_CTX_use_PrivateKey(ctx, key.get()) == 1 && SSL_CTX_check_private_key(ctx) == 1 &&
                      X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority.get()) == 1 &&
                      SSL_CTX_add_client_CA(ctx, authority.get()) == 1;
    if (!good)
        return broken("its key and certificate cannot be used", "registry");
    return {};
}

std::optional<DeviceCertificate> peer_device(void* connection)
{
    const auto* ssl = static_cast<const SSL*>(connection);
    const Owner<X509> certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate)
        return std::nullopt;
    auto device = device_of(certificate.get());
    return device ? std::optional(std::move(*device)) : std::nullopt;
}

void ignore_dates(void* context)
{
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(static_cast<SSL_CTX*>(context)),
                                X509_V_FLAG_NO_CHECK_TIME);
}

} // namespace montbrillant::tls
