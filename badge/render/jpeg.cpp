// SPDX-License-Identifier: Apache-2.0
#include "badge/render/jpeg.hpp"

#include "badge/layout/badge_content.hpp"

#include <fmt/format.h>
#include <memory>
#include <turbojpeg.h>

namespace montbrillant {
namespace {

struct Close {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Decoder = std::unique_ptr<void, Close>;

} // namespace

Result<JpegSize> jpeg_size(BytesView jpeg)
{
    if (jpeg.empty() || jpeg.size() > BadgeContent::photo_bytes_max)
        return fail(ErrorKind::input, fmt::format("the photo has {} bytes; 1 to {} are allowed", jpeg.size(),
                                                  BadgeContent::photo_bytes_max));
    const Decoder decoder(tjInitDecompress());
    JpegSize size;
    int subsampling = 0;
    int colorspace = 0;
    if (tjDecompressHeader3(decoder.get(), jpeg.data(), jpeg.size(), &size.width, &size.height, &subsampling,
                            &colorspace) != 0)
        return fail(ErrorKind::input, "the photo is not a JPEG picture");
    if (size.width < 1 || size.height < 1 || size.width > photo_side_px_max ||
        size.height > photo_side_px_max)
        return fail(ErrorKind::input,
                    fmt::format("the photo has {} x {} pixels; at most {} a side are allowed", size.width,
                                size.height, photo_side_px_max));
    if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK)
        return fail(ErrorKind::input, "the photo has printer's colours (CMYK)", {}, "save it as RGB");
    return size;
}

Result<> jpeg_decode(BytesView jpeg, JpegSize size, std::uint8_t* pixels, int stride)
{
    const Decoder decoder(tjInitDecompress());
    const int failed = tjDecompress2(decoder.get(), jpeg.data(), jpeg.size(), pixels, size.width, stride,
                                     size.height, TJPF_BGRX, TJFLAG_ACCURATEDCT);
    if (failed != 0 && tjGetErrorCode(decoder.get()) == TJERR_FATAL)
        return fail(ErrorKind::input, "the photo is a damaged JPEG picture");
    return {};
}

} // namespace montbrillant
