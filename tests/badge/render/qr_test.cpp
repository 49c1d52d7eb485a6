// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"
#include "badge/render/selfcheck.hpp"
#include "sync/base/random.hpp"
#include "tests/badge/render/samples.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;

TEST_CASE("the QR code of two hundred badges reads back as the badge's id")
{
    const Layout layout = test::a6();
    SeededRandom random(200);
    BadgeContent badge = test::people().front();
    for (int i = 0; i < 200; ++i) {
        badge.badge = new_badge_id(random);
        const auto checked = self_check(layout, badge, i % 4 == 0 ? 300 : 203);
        INFO(badge.badge.str());
        if (!checked)
            FAIL(checked.error().text());
    }
}

TEST_CASE("a badge whose code is drawn over is not sent")
{
    Layout layout = test::a6();
    BadgeContent badge = test::people().front();
    REQUIRE(render_checked_pdf(layout, badge, {}));
    Element blot;
    blot.name = "blot";
    blot.box = {20, 90, 30, 30}; // mirrored for an Arabic reader, onto the code
    blot.box = box_of(blot, layout, badge);
    blot.what = RectElement{};
    blot.color = Rgb{0, 0, 0};
    badge.language = Language::en;
    layout.front.push_back(blot);
    const auto checked = render_checked_pdf(layout, badge, {});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::refused);
}

TEST_CASE("a badge's code is 25 modules and level Q with four quiet ones")
{
    const auto code = qr_encode("B7K2QX9M4T0ZRWE5H3JVA");
    REQUIRE(code);
    CHECK(code->size == 25); // 21 alphanumeric characters: version 2 at level Q (ISO/IEC 18004, table 7)
    CHECK(code->dark.size() == 625);
    CHECK(code->dark.front());
    const auto png = qr_png("B7K2QX9M4T0ZRWE5H3JVA", 3);
    REQUIRE(png);
    const auto image = luma_from_png(*png);
    REQUIRE(image);
    CHECK(image->width == (25 + 8) * 3);
    for (int x = 0; x < image->width; ++x)
        CHECK(image->pixels[static_cast<std::size_t>(11 * image->width + x)] == 255);
    CHECK(image->pixels[static_cast<std::size_t>(12 * image->width + 12)] == 0);
}

TEST_CASE("what is written as a QR code is read as it was")
{
    for (const std::string text :
         {"A", "WIFI:T:WPA;S:ITUwifi;P:itu@GVA1211;;", "ناصر 王小明 Ñ", "https://www.itu.int/"}) {
        INFO(text);
        const auto png = qr_png(text, 4);
        REQUIRE(png);
        CHECK(qr_decode_png(*png).value() == text);
    }
}

TEST_CASE("what is no QR code is said so")
{
    CHECK_FALSE(qr_encode(""));
    CHECK_FALSE(qr_encode(std::string(QrCode::text_bytes_max + 1, 'A')));
    CHECK_FALSE(qr_encode(std::string("A\0B", 3)));
    CHECK_FALSE(qr_png("A", 0));
    CHECK_FALSE(qr_png("A", 65));
    CHECK_FALSE(qr_decode_png(as_bytes("not a picture")));
    CHECK_FALSE(qr_decode({64, 64, Bytes(64 * 64, 255)}));

    // A picture whose header claims more pixels than allowed, and one that ends too soon.
    Bytes png = qr_png("A", 1).value();
    Bytes cut(png.begin(), png.begin() + 60);
    CHECK_FALSE(qr_decode_png(cut));
    png[16] = 0x7f;
    const auto huge = qr_decode_png(png);
    REQUIRE_FALSE(huge);
    CHECK(huge.error().what.find("8192") != std::string::npos);
}
