// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libzstd (RFC 8878): whole frames out, frames in as they come, in bounded memory. No
/// policy. One thread at a time per object.

#include "sync/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace montbrillant::zstd {

/// A frame of its own; frames one after the other are the texts one after the other. The same text gives the
/// same frame with the same libzstd.
[[nodiscard]] Result<std::string> compress(std::string_view text, int level);

/// Decodes frames that follow each other. Keeps at most a window of 8 MiB, which is more than `compress`
/// uses; a frame that wants more is an error, as is whatever is no frame.
class Decoder {
public:
    Decoder();

    /// Takes bytes off the front of `in` and adds at most `most` bytes to `out`. When it neither takes nor
    /// adds, there is no more to be had from what came.
    [[nodiscard]] Result<> step(std::string_view& in, std::string& out, std::size_t most);
    /// All that was taken so far were whole frames.
    [[nodiscard]] bool at_end_of_frame() const { return at_end_; }

private:
    struct Free {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, Free> context_; ///< a ZSTD_DCtx
    bool at_end_ = true;
};

} // namespace montbrillant::zstd
