"""The thirteen rows: how each is measured, and what it has to reach."""

import os
import signal
import socket
import ssl
import statistics
import time

from operations import bind_request

CORES = os.cpu_count()


class Row:
    """One row. `sample` gives named figures of one server; `lines` makes table lines of their medians."""

    number = 0
    # Measured again in each round; otherwise once, before them.
    repeated = True
    # The row whose samples this one reads, if it has none of its own.
    reads = None

    def sample(self, bench, server):
        raise NotImplementedError

    def lines(self, bindery, slapd):
        raise NotImplementedError


def at_least(factor, what, key, bindery, slapd, unit="/s"):
    """A line: Bindery's figure is at least `factor` times slapd's."""
    ratio = quotient(bindery.get(key), slapd.get(key))
    return (what, f">= {factor} x", show(bindery.get(key), unit), show(slapd.get(key), unit), times(ratio), judge(ratio, lambda r: r >= factor))


def at_most(factor, what, key, bindery, slapd, unit):
    """A line: Bindery's figure is at most `factor` times slapd's."""
    ratio = quotient(bindery.get(key), slapd.get(key))
    return (what, f"<= {factor} x", show(bindery.get(key), unit), show(slapd.get(key), unit), times(ratio), judge(ratio, lambda r: r <= factor))


def within(limit, what, key, bindery, slapd, unit):
    """A line: Bindery's figure is at most `limit`, whatever slapd's is."""
    value = bindery.get(key)
    ratio = quotient(value, slapd.get(key))
    return (what, f"<= {limit:g} {unit}", show(value, unit), show(slapd.get(key), unit), times(ratio), judge(value, lambda v: v <= limit))


def for_information(what, key, bindery, slapd, unit):
    """A line without a target."""
    a, b = bindery.get(key), slapd.get(key)
    return (what, "", show(a, unit), show(b, unit), times(quotient(a, b)), "")


def quotient(a, b):
    return a / b if a is not None and b else None


def judge(value, passes):
    return "–" if value is None else "pass" if passes(value) else "MISS"


def times(ratio):
    return "–" if ratio is None else f"{ratio:.2f} x"


def show(value, unit):
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".replace(" /s", "/s")


class Binds(Row):
    number = 1

    def sample(self, bench, server):
        figures = {}
        for connections in (8, 64):
            stream, kernel = bench.one(server, f"op=bind,conns={connections}", 2)
            figures[f"rate{connections}"] = stream["per_s"]
            figures[f"cpu{connections}"] = quotient(kernel["cpu_us"] / 1000, stream["ops"])
        return figures

    def lines(self, bindery, slapd):
        for connections in (8, 64):
            yield at_least(1.6, f"Argon2id binds, {connections} connections", f"rate{connections}", bindery, slapd)
            yield for_information("  CPU of one", f"cpu{connections}", bindery, slapd, "ms")


class BeyondTheHash(Row):
    number = 2

    def sample(self, bench, server):
        if not server.hash_threads:
            return {}
        _, kernel = bench.one(server, "op=bind,conns=64", 3)
        hashing = sum(time for name, time in kernel["threads_us"].items() if any(word in name for word in server.hash_threads))
        everything = sum(kernel["threads_us"].values())
        return {"beyond": 100 * (everything - hashing) / hashing} if hashing else {}

    def lines(self, bindery, slapd):
        yield within(3, "CPU of a bind beyond the hash", "beyond", bindery, slapd, "%")


class FloodMemory(Row):
    number = 3
    repeated = False

    def sample(self, bench, server):
        server.stop()
        server.start()
        bench.one(server, "op=whoami,conns=1", 0.5)
        idle = server.resident_kib()
        _, kernel = bench.one(server, "op=bind,conns=64", 4)
        return {"growth": (kernel["rss_peak_kb"] - idle) / 1024, "idle": idle / 1024}

    def lines(self, bindery, slapd):
        yield within(25 * CORES, "memory that a flood of 64 binders adds", "growth", bindery, slapd, "MiB")


class Flood(Row):
    number = 4

    def sample(self, bench, server):
        search, _ = bench.one(server, "op=search-uid,conns=32,rate=300", 2)
        alone, _ = bench.one(server, "op=bind,conns=8,rate=10,source=127.0.0.2", 3)
        streams, _ = bench.load(
            server,
            ["name=flood,op=bind,conns=64", "op=search-uid,conns=32,rate=300", "name=other,op=bind,conns=8,rate=10,source=127.0.0.2"],
            4,
        )
        return {
            "calm": search["p99_us"] / 1000,
            "p99": streams["search-uid"]["p99_us"] / 1000,
            "p50": streams["search-uid"]["p50_us"] / 1000,
            "answered": streams["search-uid"]["per_s"],
            "due": streams["search-uid"]["per_s"] + streams["search-uid"]["unanswered"] / 4,
            "missing": streams["search-uid"]["unanswered"],
            "factor": quotient(streams["search-uid"]["p99_us"], search["p99_us"]),
            "alone": alone["p99_us"] / 1000,
            "other": streams["other"]["p99_us"] / 1000,
            "patience": quotient(streams["other"]["p99_us"], alone["p99_us"]),
            "binds": streams["flood"]["per_s"],
            "lag": streams["search-uid"]["lag_p99_us"],
        }

    def lines(self, bindery, slapd):
        # One that is under way at the very end of the run is not a miss.
        missing = bindery.get("missing")
        yield (
            "300 searches/s beside the flood: answered",
            "all",
            show(bindery.get("answered"), "/s"),
            show(slapd.get("answered"), "/s"),
            times(quotient(bindery.get("answered"), slapd.get("answered"))),
            judge(missing, lambda count: count <= 2),
        )
        yield within(5, "  p99", "p99", bindery, slapd, "ms")
        yield within(5, "  p99 against the calm server's", "factor", bindery, slapd, "x")


class BindsBesideTheFlood(Row):
    number = 5
    reads = 4

    def lines(self, bindery, slapd):
        yield within(2, "10 binds/s from elsewhere beside it: p99 against calm", "patience", bindery, slapd, "x")
        yield for_information("  p99", "other", bindery, slapd, "ms")
        yield for_information("  p99 on the calm server", "alone", bindery, slapd, "ms")
        yield for_information("  binds of the flood meanwhile", "binds", bindery, slapd, "/s")


class Searches(Row):
    number = 6

    def __init__(self, people):
        self.is_large = people >= 1_000_000

    def sample(self, bench, server):
        stream, kernel = bench.one(server, "op=search-uid,conns=64")
        return {"rate": stream["per_s"], "cpu": quotient(kernel["cpu_us"], stream["ops"])}

    def lines(self, bindery, slapd):
        yield at_least(1.5 if self.is_large else 2, "search by uid, 64 connections", "rate", bindery, slapd)
        cpu = "  CPU of one", "cpu", bindery, slapd, "us"
        # Of a large directory the store's cache holds a part, and only the rate has a target.
        yield for_information(*cpu) if self.is_large else at_most(0.5, *cpu)


class OneSearcher(Row):
    number = 7

    def sample(self, bench, server):
        stream, _ = bench.one(server, "op=search-uid,conns=1")
        return {"p50": stream["p50_us"]}

    def lines(self, bindery, slapd):
        yield at_most(1, "search by uid, 1 connection: p50", "p50", bindery, slapd, "us")


class FreshBinds(Row):
    number = 8

    def sample(self, bench, server):
        stream, kernel = bench.one(server, "op=fresh,conns=8")
        return {"rate": stream["per_s"], "cpu": quotient(kernel["cpu_us"], stream["ops"])}

    def lines(self, bindery, slapd):
        yield at_least(2, "connect, bind (service account), unbind; 8 at once", "rate", bindery, slapd)
        yield for_information("  CPU of one", "cpu", bindery, slapd, "us")


class Lists(Row):
    number = 9

    def sample(self, bench, server):
        dump, kernel = bench.one(server, "op=dump,conns=1", 2)
        team, team_kernel = bench.one(server, "op=search-team,conns=4")
        return {
            "entry": quotient(kernel["cpu_us"], dump["entries"]),
            "entries": dump["entries"] / 2,
            "teams": team["per_s"],
            "team_cpu": quotient(team_kernel["cpu_us"], team["ops"]),
        }

    def lines(self, bindery, slapd):
        yield within(5, "dump by pages of 500: CPU of an entry", "entry", bindery, slapd, "us")
        yield at_least(1.5, "search by memberOf (100 entries), 4 connections", "teams", bindery, slapd)
        yield for_information("  CPU of one", "team_cpu", bindery, slapd, "us")


class Starts(Row):
    number = 10
    repeated = False

    def sample(self, bench, server):
        clean, killed = [], []
        for _ in range(bench.rounds):
            server.stop()
            clean.append(server.start())
            server.stop(signal.SIGKILL)
            killed.append(server.start())
        return {"clean": statistics.median(clean), "killed": statistics.median(killed)}

    def lines(self, bindery, slapd):
        yield within(50, "start to first answer", "clean", bindery, slapd, "ms")
        yield within(100, "  after kill -9", "killed", bindery, slapd, "ms")


class Size(Row):
    number = 11
    repeated = False

    def sample(self, bench, server):
        disk = server.disk_mib()
        for operation in ("search-uid", "dump", "bind"):
            bench.one(server, f"op={operation},conns=16", 4)
        return {"disk": disk, "resident": server.resident_kib() / 1024}

    def lines(self, bindery, slapd):
        yield at_most(0.5, "disk", "disk", bindery, slapd, "MiB")
        yield within(250, "resident memory after searches, dumps and binds", "resident", bindery, slapd, "MiB")


class Empty(Row):
    number = 12
    repeated = False

    def sample(self, bench, server):
        empty = bench.empty(server)
        empty.load()
        empty.start()
        try:
            time.sleep(0.5)
            figures = {"empty": empty.resident_kib() / 1024, "plain": idle_connection_kib(empty, None, 1000)}
            if getattr(empty, "tls_port", None):
                figures["tls"] = idle_connection_kib(empty, ssl._create_unverified_context(), 500)
        finally:
            empty.stop()
        return figures

    def lines(self, bindery, slapd):
        yield within(14, "empty server: resident", "empty", bindery, slapd, "MiB")
        yield within(4, "an idle connection, bound", "plain", bindery, slapd, "KiB")
        yield within(12, "an idle connection, bound, TLS", "tls", bindery, slapd, "KiB")


def idle_connection_kib(server, tls, count):
    """What a connection that has bound and is silent adds to the server's memory; the first hundred do not count."""
    connections = []

    def open_more(number):
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", server.tls_port if tls else server.port), timeout=10)
            connection = tls.wrap_socket(connection) if tls else connection
            connection.sendall(bind_request(server.service_dn, server.service_password))
            answer = connection.recv(100)
            if answer[7:10] != b"\x0a\x01\x00":
                raise SystemExit(f"benches/run: {server.name} refuses the service account: {answer.hex()}")
            connections.append(connection)
        time.sleep(0.5)
        return server.resident_kib()

    before = open_more(100)
    after = open_more(count)
    for connection in connections:
        connection.close()
    return (after - before) / count


class PasswordChanges(Row):
    number = 13

    def sample(self, bench, server):
        stream, kernel = bench.one(server, "op=set-password,conns=256", 2)
        return {"rate": stream["per_s"], "cpu": quotient(kernel["cpu_us"], stream["ops"])}

    def lines(self, bindery, slapd):
        rate = bindery.get("rate")
        yield (
            "durable password changes, 256 at once, hashed beforehand",
            ">= 2,500/s",
            show(rate, "/s"),
            show(slapd.get("rate"), "/s"),
            times(quotient(rate, slapd.get("rate"))),
            judge(rate, lambda value: value >= 2500),
        )


def all_rows(people):
    """In the order in which they are measured: what is measured once comes first."""
    return [
        Empty(), Starts(), Size(), FloodMemory(),
        Binds(), BeyondTheHash(), Flood(), BindsBesideTheFlood(), Searches(people), OneSearcher(), FreshBinds(), Lists(), PasswordChanges(),
    ]
