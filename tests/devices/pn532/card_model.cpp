// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/card_model.hpp"

#include <algorithm>

namespace montbrillant::pn532 {
namespace {

/// NXP NTAG213/215/216 data sheet, sections 8.5 and 10.
class Ntag213 final : public CardModel {
public:
    explicit Ntag213(Bytes uid)
        : CardModel({std::move(uid), {0x00, 0x44}, 0x00, {}}), memory_(pages * page_bytes)
    {
        const Bytes& id = identity().uid;
        if (id.size() == 7) {
            std::copy_n(id.begin(), 3, memory_.begin());
            memory_[3] = static_cast<std::uint8_t>(0x88U ^ id[0] ^ id[1] ^ id[2]);
            std::copy_n(id.begin() + 3, 4, memory_.begin() + 4);
            memory_[8] = static_cast<std::uint8_t>(id[3] ^ id[4] ^ id[5] ^ id[6]);
        }
        memory_[9] = 0x48;
        const std::array<std::uint8_t, 4> capability_container{0xE1, 0x10, 0x12, 0x00};
        std::ranges::copy(capability_container, memory_.begin() + 12);
    }

    CardAnswer exchange(BytesView data) override { return raw(data); }

    CardAnswer raw(BytesView frame) override
    {
        if (frame.size() == 2 && frame[0] == 0x30)
            return read(frame[1]);
        if (frame.size() == 1 && frame[0] == 0x60) // GET_VERSION
            return CardAnswer::with({0x00, 0x04, 0x04, 0x02, 0x01, 0x00, 0x0F, 0x03});
        return CardAnswer::nak();
    }

private:
    static constexpr std::size_t pages = 45;
    static constexpr std::size_t page_bytes = 4;

    CardAnswer read(std::size_t page) const
    {
        if (page >= pages)
            return CardAnswer::nak();
        Bytes four_pages;
        for (std::size_t i = 0; i < 4 * page_bytes; ++i)
            four_pages.push_back(memory_[(page * page_bytes + i) % memory_.size()]);
        return CardAnswer::with(std::move(four_pages));
    }

    Bytes memory_;
};

/// Blocks of ISO/IEC 14443-4 around native commands; of these GetVersion only (MF3ICDx21 data sheet).
class Desfire final : public CardModel {
public:
    explicit Desfire(Bytes uid)
        : CardModel({std::move(uid), {0x03, 0x44}, 0x20, {0x06, 0x75, 0x77, 0x81, 0x02, 0x80}})
    {
    }

    void on_select() override { part_ = 0; }

    CardAnswer exchange(BytesView data) override
    {
        constexpr std::uint8_t get_version = 0x60;
        constexpr std::uint8_t additional_frame = 0xAF;
        if (data.size() != 1)
            return CardAnswer::with({illegal_command});
        if (data[0] == get_version)
            part_ = 1;
        else if (data[0] == additional_frame && part_ > 0)
            ++part_;
        else
            return CardAnswer::with({illegal_command});
        return version_part();
    }

    CardAnswer raw(BytesView frame) override
    {
        if (frame.empty())
            return CardAnswer::silence();
        const std::uint8_t pcb = frame[0];
        const auto block = static_cast<std::uint8_t>(pcb & 0x01U);
        if ((pcb & 0xF6U) == 0xB2U) // R(NAK): "are you there?" is answered by R(ACK)
            return CardAnswer::with({static_cast<std::uint8_t>(0xA2U | block)});
        if ((pcb & 0xE2U) != 0x02U)
            return CardAnswer::silence();
        CardAnswer answer = exchange(frame.subspan(1));
        answer.data.insert(answer.data.begin(), pcb);
        return answer;
    }

private:
    static constexpr std::uint8_t illegal_command = 0x1C;

    CardAnswer version_part()
    {
        if (part_ == 1)
            return CardAnswer::with({0xAF, 0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05});
        if (part_ == 2)
            return CardAnswer::with({0xAF, 0x04, 0x01, 0x01, 0x01, 0x04, 0x18, 0x05});
        part_ = 0;
        Bytes last{0x00};
        last.insert(last.end(), identity().uid.begin(), identity().uid.end());
        last.insert(last.end(), {0xBA, 0x54, 0x1D, 0x90, 0x21, 0x20, 0x17}); // batch, week, year
        return CardAnswer::with(std::move(last));
    }

    int part_ = 0;
};

/// Answers nothing without authentication, as a real one; authentication is not modelled.
class Classic final : public CardModel {
public:
    explicit Classic(Bytes uid)
        : CardModel({uid, {0x00, static_cast<std::uint8_t>(uid.size() == 4 ? 0x04 : 0x44)}, 0x08, {}})
    {
    }
    CardAnswer exchange(BytesView) override { return CardAnswer::nak(); }
    CardAnswer raw(BytesView) override { return CardAnswer::nak(); }
};

} // namespace

std::optional<CardKind> card_kind_from_text(std::string_view text)
{
    if (text == "ntag213")
        return CardKind::ntag213;
    if (text == "desfire")
        return CardKind::desfire;
    if (text == "classic")
        return CardKind::classic;
    return std::nullopt;
}

CardKind usual_kind(std::size_t uid_bytes) { return uid_bytes == 4 ? CardKind::classic : CardKind::ntag213; }

std::unique_ptr<CardModel> make_card(CardKind kind, Bytes uid)
{
    switch (kind) {
    case CardKind::ntag213: return std::make_unique<Ntag213>(std::move(uid));
    case CardKind::desfire: return std::make_unique<Desfire>(std::move(uid));
    case CardKind::classic: return std::make_unique<Classic>(std::move(uid));
    }
    return nullptr;
}

} // namespace montbrillant::pn532
