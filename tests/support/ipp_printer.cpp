// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ipp_printer.hpp"

#include "sync/base/files.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace montbrillant::test {
namespace {

constexpr const char* printer_program = "/usr/sbin/ippeveprinter";
constexpr const char* bus_program = "/usr/bin/dbus-daemon";
constexpr Millis start_patience{10'000};
constexpr Millis look_again{20};
constexpr int port_tries = 5;

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t free_port()
{
    const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback(0);
    socklen_t length = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), plain, length) != 0 || ::getsockname(socket.get(), plain, &length) != 0)
        throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

} // namespace

std::string ipp_printer_missing()
{
    for (const char* program : {printer_program, bus_program}) {
        if (::access(program, X_OK) != 0)
            return std::string(program) + " is missing";
    }
    return {};
}

IppPrinterProcess::IppPrinterProcess(std::filesystem::path folder)
    : folder_(std::move(folder)), port_(free_port())
{
    std::filesystem::create_directories(folder_ / "faults");
    std::filesystem::create_directories(folder_ / "out");
}

IppPrinterProcess::~IppPrinterProcess()
{
    set_state("");
    kill();
}

bool IppPrinterProcess::listens() const
{
    const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback(port_);
    return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

bool IppPrinterProcess::try_start()
{
    auto child = ChildProcess::start({MONTBRILLANT_TEST_SUPPORT "/ipp_printer.sh", folder_.string(),
                                      std::to_string(port_), "Badge Printer"});
    if (!child)
        throw std::runtime_error(child.error().text());
    process_.clear();
    process_.push_back(*std::move(child));
    const MonoTime until = clock_.mono() + start_patience;
    while (clock_.mono() < until && process_.front().running()) {
        if (listens())
            return true;
        clock_.wait(look_again);
    }
    process_.clear();
    return false;
}

void IppPrinterProcess::start()
{
    for (int i = 0; i < port_tries; ++i) {
        if (try_start()) {
            has_run_ = true;
            return;
        }
        if (!has_run_)
            port_ = free_port();
    }
    throw std::runtime_error("ippeveprinter does not start: " +
                             read_file(folder_ / "log", 1U << 20U).value_or("no log"));
}

void IppPrinterProcess::kill() { process_.clear(); }

std::string IppPrinterProcess::uri() const
{
    return "ipp://localhost:" + std::to_string(port_) + "/ipp/print";
}

std::vector<std::filesystem::path> IppPrinterProcess::sheet_files() const
{
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out"))
        out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> IppPrinterProcess::sheets() const
{
    std::vector<std::string> out;
    for (const auto& file : sheet_files()) {
        const std::string name = file.stem().string();
        out.push_back(name.substr(name.find('-') + 1));
    }
    return out;
}

void IppPrinterProcess::set(const char* fault, const std::string& content) const
{
    std::ofstream(folder_ / "faults" / fault, std::ios::trunc) << content;
}

void IppPrinterProcess::set_state(const std::string& reasons) const { set("state", reasons); }

void IppPrinterProcess::set_slow(const std::string& seconds) const { set("slow", seconds); }

void IppPrinterProcess::set_fail(bool fails) const
{
    if (fails)
        set("fail", "1");
    else
        std::filesystem::remove(folder_ / "faults" / "fail");
}

} // namespace montbrillant::test
