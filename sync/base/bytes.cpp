// SPDX-License-Identifier: Apache-2.0
#include "sync/base/bytes.hpp"

#include <algorithm>
#include <array>

namespace montbrillant {
namespace {

constexpr std::string_view base45_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

std::string hex_with(BytesView bytes, std::string_view digits)
{
    std::string out(bytes.size() * 2, '\0');
    char* next = out.data();
    for (const auto byte : bytes) {
        *next++ = digits[byte >> 4U];
        *next++ = digits[byte & 0x0FU];
    }
    return out;
}

/// By character; above 15: none.
constexpr unsigned no_digit = 0x100;
constexpr std::array<unsigned, 256> hex_values = [] {
    std::array<unsigned, 256> values{};
    values.fill(no_digit);
    for (unsigned i = 0; i < 10; ++i)
        values['0' + i] = i;
    for (unsigned i = 0; i < 6; ++i)
        values['a' + i] = values['A' + i] = 10 + i;
    return values;
}();
unsigned hex_digit(char c) { return hex_values[static_cast<unsigned char>(c)]; }

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
    Bytes out(hex.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const unsigned high = hex_digit(hex[2 * i]);
        const unsigned low = hex_digit(hex[2 * i + 1]);
        if ((high | low) >= no_digit)
            return std::nullopt;
        out[i] = static_cast<std::uint8_t>(high << 4U | low);
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
