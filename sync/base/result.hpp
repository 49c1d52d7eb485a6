// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Errors of normal life as values. Whatever can fail because of a device, the disk, the network or
/// somebody's input returns Result<T>; exceptions are for construction and are caught at thread edges.

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace montbrillant {

/// What a caller can do about an error; decides the exit code of the command line (`exit_code`).
enum class ErrorKind {
    refused, ///< a rule said no: nothing is broken, exit 1
    input,   ///< usage, configuration or a file's content, exit 2
    device,  ///< reader, printer, bank, exit 3
    network, ///< the other end is away or answered nonsense, exit 3
    storage, ///< disk or database, exit 3
};

/// An error for people: a sentence on what is wrong, where, and what to do about it.
struct Error {
    ErrorKind kind{};
    std::string what;   ///< "the column \"categry\" is not known"
    std::string where;  ///< "people.csv, row 3, column 7"; may be empty
    std::string remedy; ///< "rename it to \"category\""; may be empty

    /// One line: where: what (remedy).
    [[nodiscard]] std::string text() const;
};

/// 0 done, 1 refused by a rule, 2 usage or input, 3 device, network or storage.
[[nodiscard]] int exit_code(ErrorKind kind);

template <class T = void> using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string where = {},
                                                std::string remedy = {})
{
    return tl::unexpected<Error>(Error{kind, std::move(what), std::move(where), std::move(remedy)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace montbrillant

#define MB_CONCAT_INNER(a, b) a##b
#define MB_CONCAT(a, b) MB_CONCAT_INNER(a, b)

/// MB_TRY(auto rows, read_rows(file)): binds the value or returns the error to the caller.
#define MB_TRY(declaration, expression)                                                                      \
    auto MB_CONCAT(mb_result_, __LINE__) = (expression);                                                     \
    if (!MB_CONCAT(mb_result_, __LINE__))                                                                    \
        return tl::unexpected<::montbrillant::Error>(std::move(MB_CONCAT(mb_result_, __LINE__)).error());    \
    declaration = std::move(MB_CONCAT(mb_result_, __LINE__)).value()

/// MB_CHECK(write(file)): the same for a result without a value.
#define MB_CHECK(expression)                                                                                 \
    do {                                                                                                     \
        if (auto mb_check = (expression); !mb_check)                                                         \
            return tl::unexpected<::montbrillant::Error>(std::move(mb_check).error());                       \
    } while (false)
