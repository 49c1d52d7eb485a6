# SPDX-License-Identifier: Apache-2.0
"""A wire with faults: a TCP proxy on loopback that delays, cuts, swallows or refuses, as networks in halls do. It looks
at no byte, so TLS goes through it as it is."""

import select
import socket
import threading
import time

CHUNK = 65536


class FaultProxy:
    """Forwards to `port` of this machine from its own `port`. One fault at a time; `heal` ends it.

    delay(seconds)     each piece arrives that much later, both ways
    cut()              every connection breaks now, new ones as soon as they are made
    cut_after(n)       a connection breaks after n bytes of answers: what was asked arrived, what was said did not
    black_hole()       connections are taken and nothing comes through
    refuse()           nobody listens
    """

    def __init__(self, port):
        self.target = port
        self.fault = ("none", 0)
        self.broken = 0  # connections that a fault ended
        self.pairs = set()
        self.lock = threading.Lock()
        self.listener = None
        self.port = 0
        self._listen()

    def heal(self):
        self._set("none")

    def delay(self, seconds):
        self._set("delay", seconds)

    def cut(self):
        self._set("cut")
        self._break_all()

    def cut_after(self, count):
        self._set("cut_after", count)
        self._break_all()

    def black_hole(self):
        self._set("black_hole")

    def refuse(self):
        self._set("refuse")
        self._break_all()

    def close(self):
        self.refuse()

    def _set(self, kind, amount=0):
        self.fault = (kind, amount)
        if kind == "refuse" and self.listener:
            self.listener.close()
            self.listener = None
        elif kind != "refuse" and not self.listener:
            self._listen()

    def _listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.fault[0] == "cut":
            self.broken += 1
            client.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        pair = (client, server)
        with self.lock:
            self.pairs.add(pair)
        try:
            self._pump(client, server)
        except (OSError, ValueError):
            pass
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            end.close()

    def _pump(self, client, server):
        answered = 0
        while True:
            ready, _, _ = select.select([client, server], [], [], 0.2)
            for end in ready:
                data = end.recv(CHUNK)
                if not data:
                    return
                kind, amount = self.fault
                if kind == "black_hole":
                    continue
                if kind == "delay":
                    time.sleep(amount)
                if kind == "cut_after" and end is server:
                    data = data[:max(0, amount - answered)]
                    answered += len(data)
                (server if end is client else client).sendall(data)
                if kind == "cut_after" and answered >= amount:
                    self.broken += 1
                    return

    def _break_all(self):
        with self.lock:
            for pair in self.pairs:
                for end in pair:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                        self.broken += 1
                    except OSError:
                        pass
