// SPDX-License-Identifier: Apache-2.0
#include "firmware-config/bank_map.hpp"

#include "sync/base/files.hpp"
#include "sync/base/toml.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <set>

namespace montbrillant {

namespace {

constexpr std::int64_t registers_per_read_max = 125; // Modbus Application Protocol V1.1b3, 6.4
constexpr std::int64_t channels_max = 120;           // counters and boot counter fit one read

template <class T> T small(std::int64_t value) { return static_cast<T>(value); }

bool is_address(const std::string& host)
{
    std::array<unsigned char, sizeof(in6_addr)> parsed{};
    return inet_pton(AF_INET, host.c_str(), parsed.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), parsed.data()) == 1;
}

TcpAddress read_tcp(TomlTable& table)
{
    TcpAddress out{table.text("host"), small<std::uint16_t>(table.integer("port", 1, 65535))};
    if (table.has("host") && !is_address(out.host))
        table.reject("host", fmt::format("\"host\" is \"{}\", not an IP address", out.host),
                     "write the number: a bank must not wait for a name service");
    return out;
}

SerialLine read_serial(TomlTable& table)
{
    SerialLine out;
    out.device = table.text("device");
    if (table.has("device") && !out.device.starts_with('/'))
        table.reject("device", "\"device\" must be a full path", "for example /dev/montbrillant/bank-b");
    out.baud = static_cast<int>(table.integer("baud", 1200, 115200));
    constexpr std::array<int, 8> speeds = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};
    if (table.has("baud") && std::find(speeds.begin(), speeds.end(), out.baud) == speeds.end())
        table.reject("baud", fmt::format("{} is not a speed of a serial line", out.baud),
                     "9600 and 19200 are usual");
    const std::string parity = table.text("parity");
    if (parity == "even")
        out.parity = Parity::even;
    else if (parity == "odd")
        out.parity = Parity::odd;
    else if (parity != "none")
        table.reject("parity", "\"parity\" must be \"none\", \"even\" or \"odd\"");
    out.stop_bits = static_cast<int>(table.integer_or("stop_bits", 1, 1, 2));
    return out;
}

void read_transport(TomlTable table, BankMap& map)
{
    const std::string kind = table.text("kind");
    if (kind == "tcp")
        map.transport = read_tcp(table);
    else if (kind == "rtu")
        map.transport = read_serial(table);
    else
        table.reject("kind", "\"kind\" must be \"tcp\" or \"rtu\"");
}

void read_counters(TomlTable& table, BankMap& map)
{
    if (!table.has("fire_counters")) {
        if (table.has("boot_counter"))
            table.reject("boot_counter", "\"boot_counter\" is of no use without \"fire_counters\"");
        return;
    }
    FireCounters counters;
    counters.first_register =
        small<std::uint16_t>(table.integer("fire_counters", 0, 65536 - std::int64_t{map.channels}));
    counters.boot_register = small<std::uint16_t>(table.integer("boot_counter", 0, 65535));
    const std::int64_t low = std::min(counters.first_register, counters.boot_register);
    const std::int64_t high =
        std::max<std::int64_t>(counters.first_register + map.channels - 1, counters.boot_register);
    const bool inside = counters.boot_register >= counters.first_register &&
                        counters.boot_register < counters.first_register + map.channels;
    if (table.has("boot_counter") && (inside || high - low + 1 > registers_per_read_max))
        table.reject("boot_counter", "\"boot_counter\" must lie beside the fire counters",
                     fmt::format("one read covers at most {} registers", registers_per_read_max));
    map.counters = counters;
}

void read_board(TomlTable table, BankMap& map)
{
    map.unit = small<std::uint8_t>(table.integer("unit", 1, 247));
    map.channels = small<std::uint16_t>(table.integer("channels", 1, channels_max));
    map.first_coil = small<std::uint16_t>(table.integer("first_coil", 0, 65536 - std::int64_t{map.channels}));
    map.first_input =
        small<std::uint16_t>(table.integer("first_input", 0, 65536 - std::int64_t{map.channels}));
    const std::string feedback = table.text("feedback");
    if (feedback == "open-is-1")
        map.feedback = Feedback::open_is_1;
    else if (feedback != "closed-is-1")
        table.reject("feedback", "\"feedback\" must be \"closed-is-1\" or \"open-is-1\"");
    read_counters(table, map);
}

void read_pulse(TomlTable& root, BankMap& map)
{
    auto table = root.table_if("pulse");
    if (!table)
        return;
    PulseSetting pulse;
    pulse.holding_register = small<std::uint16_t>(table->integer("register", 0, 65535));
    pulse.length = Millis{table->integer("ms", 20, 5000)};
    map.pulse = pulse;
}

void read_timing(TomlTable table, BankMap& map)
{
    map.response_timeout = Millis{table.integer("response_timeout_ms", 50, 2000)};
    map.slowest_answer = Millis{table.integer("slowest_answer_ms", 10, 5000)};
    if (table.has("slowest_answer_ms") && map.pulse && map.slowest_answer < map.pulse->length)
        table.reject("slowest_answer_ms", "\"slowest_answer_ms\" is shorter than the pulse",
                     "the quiet time after an error must outlast a pulse that is still running");
}

DoorSize read_size(TomlTable& table)
{
    const std::string size = table.text("size");
    if (size == "medium")
        return DoorSize::medium;
    if (size == "large")
        return DoorSize::large;
    if (size != "small")
        table.reject("size", "\"size\" must be \"small\", \"medium\" or \"large\"");
    return DoorSize::small;
}

void read_doors(TomlTable& root, BankMap& map)
{
    std::set<std::uint16_t> numbers;
    std::set<std::uint16_t> channels;
    for (TomlTable& table : root.tables("door")) {
        BankDoor door;
        door.number = small<std::uint16_t>(table.integer("number", 1, 999));
        door.channel = small<std::uint16_t>(table.integer("channel", 1, map.channels));
        door.size = read_size(table);
        door.low = table.boolean_or("low", false);
        if (!numbers.insert(door.number).second)
            table.reject("number", fmt::format("door number {} appears twice", door.number));
        if (!channels.insert(door.channel).second)
            table.reject("channel", fmt::format("channel {} drives two doors", door.channel));
        map.doors.push_back(door);
    }
    if (map.doors.empty())
        root.reject("door", "there is no [[door]]", "a bank has at least one");
    std::sort(map.doors.begin(), map.doors.end(),
              [](const BankDoor& a, const BankDoor& b) { return a.number < b.number; });
}

void read_head(TomlTable& root, BankMap& map)
{
    (void)root.integer("schema", 1, 1);
    const std::string bank = root.text("bank");
    const bool letters = std::all_of(bank.begin(), bank.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (root.has("bank") && (bank.empty() || bank.size() > 4 || !letters))
        root.reject("bank", "\"bank\" must be 1 to 4 capital letters, as painted on the doors");
    map.bank = BankId(bank);
    map.title = root.text_or("title", "Locker bank " + bank);
    if (map.title.size() > 200)
        root.reject("title", "\"title\" is longer than 200 bytes");
}

Result<> apply(const BankOverride& differently, BankMap& map, const std::string& file)
{
    if (auto* tcp = std::get_if<TcpAddress>(&map.transport)) {
        if (differently.device)
            return fail(ErrorKind::input, "the kiosk's configuration gives a serial device for a bank on TCP",
                        file);
        tcp->host = differently.host.value_or(tcp->host);
        tcp->port = differently.port.value_or(tcp->port);
        if (!is_address(tcp->host) || tcp->port == 0)
            return fail(ErrorKind::input,
                        fmt::format("\"{}\" is not an IP address with a port", map.address()), file);
        return {};
    }
    if (differently.host || differently.port)
        return fail(ErrorKind::input,
                    "the kiosk's configuration gives a TCP address for a bank on a serial line", file);
    auto& serial = std::get<SerialLine>(map.transport);
    serial.device = differently.device.value_or(serial.device);
    return {};
}

std::string explain_transport(const BankMap& map)
{
    if (const auto* serial = std::get_if<SerialLine>(&map.transport))
        return fmt::format("Modbus RTU on {}, {} baud, parity {}, {} stop bit{}", serial->device,
                           serial->baud, to_text(serial->parity), serial->stop_bits,
                           serial->stop_bits == 1 ? "" : "s");
    return fmt::format("Modbus TCP at {}", map.address());
}

} // namespace

const BankDoor* BankMap::door(std::uint16_t number) const
{
    const auto found =
        std::find_if(doors.begin(), doors.end(), [number](const BankDoor& d) { return d.number == number; });
    return found == doors.end() ? nullptr : &*found;
}

std::string BankMap::address() const
{
    if (const auto* serial = std::get_if<SerialLine>(&transport))
        return serial->device;
    const auto& tcp = std::get<TcpAddress>(transport);
    const bool six = tcp.host.find(':') != std::string::npos;
    return six ? fmt::format("[{}]:{}", tcp.host, tcp.port) : fmt::format("{}:{}", tcp.host, tcp.port);
}

Result<BankMap> parse_bank_map(std::string_view toml, std::string file, const BankOverride& differently)
{
    MB_TRY(TomlTable root, TomlTable::parse(toml, file));
    BankMap map;
    read_head(root, map);
    read_transport(root.table("transport"), map);
    read_board(root.table("board"), map);
    read_pulse(root, map);
    read_timing(root.table("timing"), map);
    read_doors(root, map);
    MB_CHECK(root.finish());
    MB_CHECK(apply(differently, map, file));
    return map;
}

Result<BankMap> load_bank_map(const std::filesystem::path& path, const BankOverride& differently)
{
    constexpr std::size_t bytes_max = 256U * 1024U;
    MB_TRY(const std::string text, read_file(path, bytes_max));
    return parse_bank_map(text, path.string(), differently);
}

std::string explain(const BankMap& map)
{
    std::string out = fmt::format("Bank {}: {}\n", map.bank.str(), map.title);
    out += fmt::format("  {}, unit {}\n", explain_transport(map), map.unit);
    out += fmt::format("  {} channels: coils from {}, inputs from {}; an input of 1 means {}\n", map.channels,
                       map.first_coil, map.first_input,
                       map.feedback == Feedback::closed_is_1 ? "closed" : "open");
    if (map.pulse)
        out += fmt::format("  The board times a pulse of {} ms (holding register {}).\n",
                           map.pulse->length.count(), map.pulse->holding_register);
    if (map.counters)
        out += fmt::format(
            "  The board counts its pulses (input registers from {}) and its starts (register {}):\n"
            "  an unlock whose answer is lost can be resolved and, if nothing moved, repeated once.\n",
            map.counters->first_register, map.counters->boot_register);
    else
        out += "  The board counts no pulses: an unlock whose answer is lost is never repeated; people tap "
               "again.\n";
    out +=
        fmt::format("  An answer is awaited for {} ms; after an error the line rests for more than {} ms.\n",
                    map.response_timeout.count(), map.slowest_answer.count());
    out += fmt::format("  {} doors:\n", map.doors.size());
    for (const BankDoor& door : map.doors)
        out += fmt::format("    {}{} on channel {}, {}{}\n", map.bank.str(), door.number, door.channel,
                           to_text(door.size), door.low ? ", low" : "");
    return out;
}

std::string_view to_text(DoorSize size)
{
    switch (size) {
    case DoorSize::small: return "small";
    case DoorSize::medium: return "medium";
    case DoorSize::large: return "large";
    }
    return "?";
}

std::string_view to_text(Parity parity)
{
    switch (parity) {
    case Parity::none: return "none";
    case Parity::even: return "even";
    case Parity::odd: return "odd";
    }
    return "?";
}

} // namespace montbrillant
