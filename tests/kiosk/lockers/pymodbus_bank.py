#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A locker bank on pymodbus, an implementation of Modbus that is neither libmodbus nor ours.

    pymodbus_bank.py tcp | rtu [wrong-echo]

Prints "listening PORT" or "device PATH", then "coil ADDRESS 0|1" for each write. Sixteen doors as in
firmware-config/banks/sample-16.toml: a written coil opens its door at once and counts. With wrong-echo the
acknowledgement names the next coil.
"""
import asyncio
import os
import pty
import sys
import threading
import tty

from pymodbus.bit_write_message import WriteSingleCoilResponse
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import async_io

DOORS = 16


def say(text):
    print(text, flush=True)


class Coils(ModbusSequentialDataBlock):
    """Coils that open doors."""

    def __init__(self, inputs, counters):
        super().__init__(0, [0] * DOORS)
        self.inputs, self.counters = inputs, counters

    def setValues(self, address, values):  # pylint: disable=invalid-name
        super().setValues(address, values)
        value = bool(values[0] if isinstance(values, list) else values)
        say(f"coil {address} {int(value)}")
        if value:
            self.inputs.setValues(address, [0])
            self.counters.setValues(address, [self.counters.getValues(address)[0] + 1])


def context():
    inputs = ModbusSequentialDataBlock(0, [1] * DOORS)
    counters = ModbusSequentialDataBlock(0, [0] * DOORS + [1])
    holding = ModbusSequentialDataBlock(0, [250])
    slave = ModbusSlaveContext(di=inputs, co=Coils(inputs, counters), ir=counters, hr=holding, zero_mode=True)
    return ModbusServerContext(slaves=slave, single=True)


def wrong_echo(response):
    if isinstance(response, WriteSingleCoilResponse):
        response.address += 1
    return response, False


def relay(source, target):
    while True:
        os.write(target, os.read(source, 512))


def two_ended_line():
    """A null modem of two pseudo-terminals: two paths."""
    ends = [pty.openpty() for _ in range(2)]
    for _, slave in ends:
        tty.setraw(slave)
    for source, target in ((ends[0][0], ends[1][0]), (ends[1][0], ends[0][0])):
        threading.Thread(target=relay, args=(source, target), daemon=True).start()
    return [os.ttyname(slave) for _, slave in ends]


async def serve_tcp():
    server = async_io.ModbusTcpServer(context(), address=("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve_forever())
    await server.serving
    say(f"listening {server.server.sockets[0].getsockname()[1]}")
    await serving


async def serve_rtu(manipulator):
    ours, theirs = two_ended_line()
    server = async_io.ModbusSerialServer(
        context(), async_io.ModbusRtuFramer, port=ours, baudrate=19200, response_manipulator=manipulator)
    await server.start()
    say(f"device {theirs}")
    await server.serve_forever()


asyncio.run(serve_tcp() if sys.argv[1] == "tcp" else serve_rtu(wrong_echo if "wrong-echo" in sys.argv else None))
