// SPDX-License-Identifier: Apache-2.0
// Any bytes as the registry's snapshot, as a kiosk takes them: as they are, and as the lines in a whole
// frame, so that what is behind the decompression is reached, too. In two pieces, as from a line.
#include "sync/client/snapshot.hpp"

#include <cstdlib>

using namespace montbrillant;

namespace {

void read_all(std::string_view bytes)
{
    std::size_t head_bytes = 0;
    static_cast<void>(snapshot_head_in(bytes, head_bytes));
    SnapshotReader reader(1, {});
    Cursor place;
    for (const auto& part : {bytes.substr(0, bytes.size() / 3), bytes.substr(bytes.size() / 3)}) {
        reader.feed(std::string(part));
        for (;;) {
            const auto rows = reader.next();
            if (!rows)
                return;
            if (rows->empty())
                break;
            for (const auto& row : *rows) {
                if (row.seq != place.seq + 1 ||
                    row.log_hash != crypto::blake2b(place.log_hash, row.fact.hash))
                    std::abort();
                place = {row.seq, row.log_hash};
            }
        }
    }
    static_cast<void>(reader.end({place.seq, place.log_hash}));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_all(bytes);
    if (const auto frame = zstd::compress(bytes, 1))
        read_all(*frame);
    return 0;
}
