// SPDX-License-Identifier: Apache-2.0
#include "sync/base/zstd.hpp"

#include <fmt/format.h>
#include <new>
#include <zstd.h>

namespace montbrillant::zstd {
namespace {

constexpr int window_bits_max = 23;

ZSTD_DCtx* as_context(void* context) { return static_cast<ZSTD_DCtx*>(context); }

} // namespace

Result<std::string> compress(std::string_view text, int level)
{
    std::string frame(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size = ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), level);
    if (ZSTD_isError(size) != 0)
        return fail(ErrorKind::storage, fmt::format("cannot be compressed: {}", ZSTD_getErrorName(size)),
                    "zstd");
    frame.resize(size);
    frame.shrink_to_fit();
    return frame;
}

void Decoder::Free::operator()(void* context) const { ZSTD_freeDCtx(as_context(context)); }

Decoder::Decoder() : context_(ZSTD_createDCtx())
{
    if (!context_)
        throw std::bad_alloc();
    ZSTD_DCtx_setParameter(as_context(context_.get()), ZSTD_d_windowLogMax, window_bits_max);
}

Result<> Decoder::step(std::string_view& in, std::string& out, std::size_t most)
{
    const std::size_t before = out.size();
    out.resize(before + most);
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer into{out.data() + before, most, 0};
    const std::size_t left = ZSTD_decompressStream(as_context(context_.get()), &into, &from);
    out.resize(before + into.pos);
    if (ZSTD_isError(left) != 0)
        return fail(ErrorKind::input,
                    fmt::format("is not compressed as it should be: {}", ZSTD_getErrorName(left)), "zstd");
    in.remove_prefix(from.pos);
    if (from.pos > 0 || into.pos > 0)
        at_end_ = left == 0;
    return {};
}

} // namespace montbrillant::zstd
