// SPDX-License-Identifier: Apache-2.0
#include "sync/base/bytes.hpp"

#include <algorithm>
#include <array>

namespace montbrillant {
namespace {

constexpr std::string_view base45_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

std::string hex_with(BytesView bytes, std::string_view digits)
{
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 0x0FU];
    }
    return out;
}

std::optional<unsigned> hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

} // namespace

BytesView as_bytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_text(BytesView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string to_hex(BytesView bytes) { return hex_with(bytes, "0123456789abcdef"); }

std::string to_hex_upper(BytesView bytes) { return hex_with(bytes, "0123456789ABCDEF"); }

std::optional<Bytes> from_hex(std::string_view hex)
{
    if (hex.size() % 2 != 0)
        return std::nullopt;
    Bytes out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const auto high = hex_digit(hex[i]);
        const auto low = hex_digit(hex[i + 1]);
        if (!high || !low)
            return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
    }
    return out;
}

std::string to_crockford(BytesView bytes)
{
    std::string out;
    unsigned buffer = 0;
    unsigned bits = 0;
    for (const auto byte : bytes) {
        buffer = (buffer << 8U | byte) & 0xFFFFU;
        bits += 8;
        while (bits >= 5) {
            out += crockford_alphabet[(buffer >> (bits - 5)) & 0x1FU];
            bits -= 5;
        }
    }
    if (bits > 0)
        out += crockford_alphabet[(buffer << (5 - bits)) & 0x1FU];
    return out;
}

int crockford_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const auto at = crockford_alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string to_base45(BytesView bytes)
{
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const bool pair = i + 1 < bytes.size();
        unsigned value = pair ? static_cast<unsigned>(bytes[i]) * 256U + bytes[i + 1] : bytes[i];
        for (int digit = 0; digit < (pair ? 3 : 2); ++digit) {
            out += base45_alphabet[value % 45];
            value /= 45;
        }
    }
    return out;
}

std::optional<Bytes> from_base45(std::string_view text)
{
    if (text.size() % 3 == 1)
        return std::nullopt;
    Bytes out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const std::size_t digits = std::min<std::size_t>(3, text.size() - i);
        unsigned value = 0;
        unsigned weight = 1;
        for (std::size_t d = 0; d < digits; ++d) {
            const auto at = base45_alphabet.find(text[i + d]);
            if (at == std::string_view::npos)
                return std::nullopt;
            value += static_cast<unsigned>(at) * weight;
            weight *= 45;
        }
        if (value > (digits == 3 ? 0xFFFFU : 0xFFU))
            return std::nullopt;
        if (digits == 3)
            out.push_back(static_cast<std::uint8_t>(value >> 8U));
        out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
    }
    return out;
}

} // namespace montbrillant
