"""Runs work on bytes that nobody vouches for in child processes bounded in memory, processor time and output.

A child is a program that calls `serve`. It reads requests from standard input and answers on standard output, each
preceded by its length, and stays warm between requests. A child that exceeds a limit is killed and replaced. Children
are started by fork and exec, never by fork alone, so the pool may be used from any thread and below any server.
"""

from __future__ import annotations

import atexit
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_LENGTH = struct.Struct("<Q")
_REPLY = struct.Struct("<cQ")
_CHUNK = 1024 * 1024
_ANSWER, _LAST_ANSWER, _NO_MEMORY = b"a", b"l", b"m"
_KEEP_BELOW_KIB = 160 * 1024  # a child that once grew beyond this ends, for the memory would not come back
_DESCRIPTORS = 16
_END_S = 2.0  # for a child that has closed its output to end

Failure = Literal["memory", "time", "output", "crash", "busy"]


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one request may cost. `memory` (address space) and `output` are in bytes."""

    memory: int
    output: int
    processor_s: int
    wall_s: float
    wait_s: float  # for a child to be free


class ChildFailed(Exception):
    """A child gave no answer; `reason` says why. Nothing is left of it."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(reason)
        self.reason = reason


class BoundedPool:
    """Up to `size` warm children of this process that run `module`, each with one request at a time."""

    def __init__(self, module: str, limits: ChildLimits, *, size: int = 2) -> None:
        self._module, self._limits, self._size = module, limits, size
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        atexit.register(self.close)

    def _reset(self) -> None:
        """Begin without children: those of a parent that forked are the parent's."""
        self._idle: list[_Child] = []
        self._free = threading.BoundedSemaphore(self._size)

    def call(self, request: bytes) -> bytes:
        """Return the answer to a request. Raises ChildFailed."""
        free = self._free
        if not free.acquire(timeout=self._limits.wait_s):
            raise ChildFailed("busy")
        try:
            child = self._idle.pop() if self._idle else _Child(self._module, self._limits)
            reply = child.ask(request)
            if child.is_open:
                self._idle.append(child)
            return reply
        finally:
            free.release()

    def close(self) -> None:
        """End the idle children."""
        while self._idle:
            self._idle.pop().kill()


class _Child:
    def __init__(self, module: str, limits: ChildLimits) -> None:
        self._limits = limits
        self.is_open = True
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"},  # no secrets
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        os.set_blocking(self._stdin.fileno(), False)
        os.set_blocking(self._stdout.fileno(), False)

    def ask(self, request: bytes) -> bytes:
        deadline = time.monotonic() + self._limits.wall_s
        try:
            self._send(request, deadline)
            kind, length = _REPLY.unpack(self._receive(_REPLY.size, deadline))
            if kind == _NO_MEMORY:
                raise ChildFailed("memory")
            if length > self._limits.output:
                raise ChildFailed("output")
            reply = self._receive(length, deadline)
        except BaseException:
            self.kill()
            raise
        if kind == _LAST_ANSWER:
            self.kill()
        return reply

    def kill(self) -> None:
        self.is_open = False
        self._process.kill()
        self._process.wait()
        self._stdin.close()
        self._stdout.close()

    def _send(self, request: bytes, deadline: float) -> None:
        for part in (_LENGTH.pack(len(request)), request):
            rest = memoryview(part)
            while rest:
                self._wait(self._stdin.fileno(), select.POLLOUT, deadline)
                try:
                    rest = rest[os.write(self._stdin.fileno(), rest[:_CHUNK]) :]
                except BrokenPipeError:
                    raise self._ended() from None

    def _receive(self, length: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            self._wait(self._stdout.fileno(), select.POLLIN, deadline)
            data = os.read(self._stdout.fileno(), min(_CHUNK, length - len(received)))
            if not data:
                raise self._ended()
            received += data
        return bytes(received)

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise ChildFailed("time")

    def _ended(self) -> ChildFailed:
        """Why a child ended without an answer: the kernel ends one that has used up its processor time or memory."""
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return ChildFailed("crash")
        reasons: dict[int, Failure] = {-signal.SIGXCPU: "time", -signal.SIGKILL: "memory"}
        return ChildFailed(reasons.get(status, "crash"))


def serve(answer: Callable[[bytes], bytes], limits: ChildLimits) -> None:
    """Answer requests from standard input within the limits until it ends. The child's whole program."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    while header := incoming.read(_LENGTH.size):
        _allow_processor_time(limits.processor_s)
        try:
            reply = answer(incoming.read(_LENGTH.unpack(header)[0]))
        except MemoryError:
            outgoing.write(_REPLY.pack(_NO_MEMORY, 0))
            outgoing.flush()
            return
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > _KEEP_BELOW_KIB
        outgoing.write(_REPLY.pack(_LAST_ANSWER if grown else _ANSWER, len(reply)))
        outgoing.write(reply)
        outgoing.flush()
        if grown:
            return


def _allow_processor_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
