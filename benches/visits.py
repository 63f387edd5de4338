"""What the measurements of the pages share: a demonstration to measure, requests that are sent at fixed times whatever the
daemon does (an open loop), and connections that bind meanwhile. Each request is on a connection of its own, as people's are; a
time counts from when its request was due."""

import asyncio
import collections
import json
import os
import pathlib
import resource
import select
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "secret-Passw0rd"
LIMIT_MS = 50.0


class Demo:
    """`bindery demo` on free ports, with its data in a directory that goes with it."""

    def __init__(self, program, people, settings):
        self.directory = tempfile.TemporaryDirectory(prefix="bindery-bench-")
        command = [program, "demo", "--json", "--port-base", "0", "--people", people, "--dir", self.directory.name + "/demo"]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        self.log = open(self.directory.name + "/log", "wb")
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=self.log)
        ready, _, _ = select.select([self.process.stdout], [], [], 300)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            sys.exit(f"bindery demo said nothing: {pathlib.Path(self.log.name).read_text()}")
        self.facts = json.loads(line)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.directory.cleanup()


class Browser:
    """The pages as one browser sees them."""

    def __init__(self, base):
        self.authority = base.removeprefix("http://")
        self.host, port = self.authority.rsplit(":", 1)
        self.port = int(port)
        self.cookies = {}

    async def exchange(self, request):
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()

    def request(self, method, path, body=""):
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.authority}\r\nConnection: close\r\nAccept-Language: en\r\n"
        if self.cookies:
            head += "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return f"{head}\r\n{body}".encode()

    async def open(self, method, path, body=""):
        """The answer as a text; its cookies are kept."""
        answer = (await self.exchange(self.request(method, path, body))).decode()
        for line in answer.split("\r\n\r\n")[0].splitlines():
            if line.lower().startswith("set-cookie: "):
                name, value = line[12:].split(";")[0].split("=", 1)
                self.cookies[name] = value
        return answer


async def stream(browser, make, rate, options, expected):
    """Sends `rate` requests a second; gives the times in ms and how they were answered."""
    times, answers, tasks = [], collections.Counter(), []
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def one(due):
        try:
            status = (await browser.exchange(make()))[9:12].decode() or "closed"
        except OSError as error:
            status = type(error).__name__
        if due - begin >= options.warmup:
            answers[status] += 1
            times.append((loop.time() - due) * 1000)

    for number in range(int((options.warmup + options.seconds) * rate)):
        due = begin + number / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return sorted(times), answers, expected


def quantile(times, part):
    return times[max(0, -(-int(len(times) * part * 1000) // 1000) - 1)] if times else float("nan")


def told(name, result, seconds):
    """Prints what came of a stream; gives whether it was well."""
    times, answers, expected = result
    p99 = quantile(times, 0.99)
    well = p99 < LIMIT_MS and set(answers) == {expected}
    print(
        f"{name:<26} {len(times) / seconds:6.0f}/s  p50 {quantile(times, 0.5):6.1f} ms  p99 {p99:6.1f} ms (< {LIMIT_MS:g})  "
        f"max {times[-1]:6.1f} ms  {dict(answers)}  {'pass' if well else 'MISS'}"
    )
    return well


def binders(options, demo, load, people):
    """The load generator, which binds as fast as it is answered, or at a rate; none if there is nothing to bind."""
    if not options.binders:
        return None
    command = [load, "--server", demo.facts["ldap"].removeprefix("ldap://"), "--pid", demo.facts["pid"], "--people", people]
    command += ["--password", PASSWORD, "--seconds", options.seconds + options.warmup]
    command += ["--stream", f"op=bind,conns={options.binders}"]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)


def programs(options):
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")) / "dist"
    wanted = ([] if options.load else ["--example", "load"]) + ([] if options.bindery else ["--bin", "bindery"])
    if wanted:
        subprocess.run(["cargo", "build", "--profile", "dist", "--locked", *wanted], cwd=HERE.parent, check=True)
    return options.load or target / "examples/load", options.bindery or target / "bindery"


def arguments(parser, rate):
    """The arguments of every measurement."""
    parser.add_argument("--rate", type=float, default=rate, help="requests a second")
    parser.add_argument("--binders", type=int, default=64, help="connections that bind meanwhile")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--warmup", type=float, default=2)
    parser.add_argument("--bindery", help="this program instead of a fresh build")
    parser.add_argument("--load", help="this load generator instead of a fresh build")


def run(options, people, settings, measure):
    """Runs `measure(demo)`, which gives a result for each name, beside the binds; exits with whether all was well."""
    load, bindery = programs(options)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    demo = Demo(bindery, people, settings)
    try:
        binding = binders(options, demo, load, people)
        try:
            os.nice(-10)
        except PermissionError:
            pass
        results = asyncio.run(measure(demo))
        binds = json.loads(binding.communicate(timeout=120)[0])["streams"][0] if binding else None
    finally:
        demo.stop()
    well = [told(name, result, options.seconds) for name, result in results.items()]
    if binds:
        print(f"{'binds meanwhile':<26} {binds['per_s']:6.0f}/s  p50 {binds['p50_us'] / 1000:6.1f} ms  refused {binds['refused'] or 0}")
    sys.exit(0 if all(well) else 1)
