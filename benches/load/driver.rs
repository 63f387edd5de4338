//! The loop that sends, waits and counts.

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use serde_json::{Value, json};

use crate::ber::{self, SEARCH_ENTRY};
use crate::connection::{Connection, Phase, dial};
use crate::operation::{Course, Operation, first_bind, page, unbind};
use crate::process::{self, Sample};
use crate::report::{Tally, nanoseconds, server_json};
use crate::{Plan, StreamSpec};

/// A stream while it runs.
struct Stream {
    spec: StreamSpec,
    operation: Operation,
    /// Connections that wait for something to send.
    free: VecDeque<usize>,
    /// When the next request of an open stream is due.
    due: Instant,
    /// Requests that are due, and for which no connection was free.
    backlog: VecDeque<Instant>,
    tally: Tally,
}

struct Driver<'a> {
    plan: &'a Plan,
    epoll: OwnedFd,
    streams: Vec<Stream>,
    connections: Vec<Connection>,
    random: u64,
    /// From when on it counts, once the warm-up is over.
    counted_from: Option<Instant>,
}

/// First binds that wait for their answer: a server may refuse more of the costly ones from one address.
const OPENING_AT_ONCE: usize = 32;
/// How long they may take altogether.
const OPENING: Duration = Duration::from_secs(60);
/// How often the server's memory is looked at.
const MEMORY_EVERY: Duration = Duration::from_millis(100);

/// Carries out the plan and gives the report.
pub fn run(plan: &Plan) -> Result<Value, String> {
    let mut driver = Driver::open(plan)?;
    driver.wait_until_open(0)?;
    driver.measure()
}

impl<'a> Driver<'a> {
    /// Opens all connections and sends their first binds.
    fn open(plan: &'a Plan) -> Result<Driver<'a>, String> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|error| error.to_string())?;
        let mut driver =
            Driver { plan, epoll, streams: Vec::new(), connections: Vec::new(), random: 0x9e37_79b9_7f4a_7c15, counted_from: None };
        for (number, spec) in plan.streams.iter().enumerate() {
            let operation = Operation::named(&spec.operation, plan)?;
            let mut first = first_bind(operation.subject, plan);
            let (course, now) = (operation.course, Instant::now());
            for _ in 0..spec.connections {
                let index = driver.connections.len();
                let opened = Connection::open(&driver.epoll, index, number, spec.source, plan.server);
                let mut connection = opened.map_err(|error| format!("{}: {error}", plan.server))?;
                match &mut first {
                    Some(bind) => connection.send(bind.filled(0, 0)).map_err(|error| error.to_string())?,
                    None => connection.phase = Phase::Ready,
                }
                if course == Course::Fresh {
                    // Each of its operations opens its own.
                    connection.socket.shutdown(std::net::Shutdown::Both).map_err(|error| error.to_string())?;
                    epoll::delete(&driver.epoll, &connection.socket).map_err(|error| error.to_string())?;
                }
                driver.connections.push(connection);
                driver.wait_until_open(OPENING_AT_ONCE)?;
            }
            let (free, backlog) = (VecDeque::new(), VecDeque::new());
            driver.streams.push(Stream { spec: spec.clone(), operation, free, due: now, backlog, tally: Tally::default() });
        }
        Ok(driver)
    }

    /// Waits until at most `left` of the first binds have no answer.
    fn wait_until_open(&mut self, left: usize) -> Result<(), String> {
        let end = Instant::now() + OPENING;
        while self.connections.iter().filter(|connection| connection.phase == Phase::Opening).count() > left {
            if Instant::now() > end {
                return Err(format!("the first binds took longer than {} s", OPENING.as_secs()));
            }
            self.wait(Duration::from_millis(100))?;
        }
        Ok(())
    }

    /// Runs all streams, warm-up first, and gives the report.
    fn measure(&mut self) -> Result<Value, String> {
        let start = Instant::now();
        let warm = start + Duration::from_secs_f64(self.plan.warmup);
        let end = warm + Duration::from_secs_f64(self.plan.seconds);
        let (mut before, mut peak, mut look) = (Sample::default(), 0, warm);
        self.begin(start)?;
        loop {
            let now = Instant::now();
            if now >= end {
                break;
            }
            if self.counted_from.is_none() && now >= warm {
                self.counted_from = Some(now);
                before = self.plan.pid.map(process::sample).unwrap_or_default();
            }
            if now >= look {
                peak = peak.max(self.plan.pid.map_or(0, process::resident));
                look = now + MEMORY_EVERY;
            }
            let next = self.send_what_is_due(now)?.min(end).min(look);
            self.wait(next.saturating_duration_since(now))?;
        }
        let after = self.plan.pid.map(process::sample).unwrap_or_default();
        let seconds = self.counted_from.map_or(0.0, |from| from.elapsed().as_secs_f64());
        self.count_unanswered();
        let streams: Vec<Value> = self.streams.iter().map(|stream| stream.tally.to_json(&stream.spec.name, seconds)).collect();
        Ok(json!({
            "seconds": seconds,
            "streams": streams,
            "server": server_json(&before, &after, peak.max(after.resident)),
        }))
    }

    /// The first request of each connection of a closed stream.
    fn begin(&mut self, now: Instant) -> Result<(), String> {
        for index in 0..self.connections.len() {
            let stream = &mut self.streams[self.connections[index].stream];
            if stream.spec.rate.is_some() {
                stream.due = now;
                stream.free.push_back(index);
            } else {
                self.send(index, now)?;
            }
        }
        Ok(())
    }

    /// Sends what the open streams owe; gives the time when the next request is due.
    fn send_what_is_due(&mut self, now: Instant) -> Result<Instant, String> {
        let mut next = now + MEMORY_EVERY;
        for number in 0..self.streams.len() {
            let stream = &mut self.streams[number];
            let Some(rate) = stream.spec.rate else { continue };
            while stream.due <= now {
                stream.backlog.push_back(stream.due);
                stream.due += Duration::from_secs_f64(1.0 / rate);
            }
            next = next.min(stream.due);
            while let Some(index) = self.streams[number].free.front().copied() {
                let stream = &mut self.streams[number];
                let Some(due) = stream.backlog.pop_front() else { break };
                stream.free.pop_front();
                if self.counted_from.is_some_and(|from| due >= from) {
                    stream.tally.lags.push(nanoseconds(due.elapsed()));
                }
                self.send(index, due)?;
            }
        }
        Ok(next)
    }

    /// Sends the next request on a connection; it was due at `due`.
    fn send(&mut self, index: usize, due: Instant) -> Result<(), String> {
        let connection = &mut self.connections[index];
        let Stream { operation, spec, .. } = &mut self.streams[connection.stream];
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let number = (self.random >> 32) as u32 % operation.numbers.max(1);
        if operation.course == Course::Fresh {
            let socket = dial(&self.epoll, index, spec.source, self.plan.server);
            connection.reopen(socket.map_err(|error| format!("{}: {error}", self.plan.server))?);
        }
        connection.id = connection.id.wrapping_add(1);
        connection.phase = match connection.send(operation.request.filled(connection.id, number)) {
            Ok(()) => Phase::Waiting(due),
            Err(_) => Phase::Broken,
        };
        Ok(())
    }

    /// Waits for answers, at most `time`, and deals with them.
    fn wait(&mut self, time: Duration) -> Result<(), String> {
        let mut events = [MaybeUninit::<epoll::Event>::uninit(); 256];
        let timeout = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
        let (events, _) = match epoll::wait(&self.epoll, &mut events, Some(&timeout)) {
            Ok(events) => events,
            Err(error) if error == rustix::io::Errno::INTR => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        for event in events {
            self.receive(event.data.u64() as usize)?;
        }
        Ok(())
    }

    /// Reads from a connection and deals with every answer that is there in full.
    fn receive(&mut self, index: usize) -> Result<(), String> {
        if !self.connections[index].receive().map_err(|error| error.to_string())? {
            return self.closed(index);
        }
        loop {
            let connection = &mut self.connections[index];
            let Some((reply, length)) = ber::reply(connection.received())? else { return Ok(()) };
            let (tag, code, id) = (reply.tag, reply.code, reply.id);
            let cookie = reply.cookie.filter(|cookie| !cookie.is_empty()).map(<[u8]>::to_vec);
            connection.take(length);
            if tag == SEARCH_ENTRY {
                connection.entries += 1;
                if self.counted_from.is_some() {
                    self.streams[connection.stream].tally.entries += 1;
                }
            } else if connection.phase == Phase::Opening {
                if code != 0 {
                    return Err(format!("a first bind was refused with code {code}"));
                }
                connection.phase = Phase::Ready;
            } else if id == ber::wire_id(connection.id) {
                self.answered(index, code, cookie)?;
            } else {
                return Err(format!("an answer to message {id:#x}, which was not sent (code {code})"));
            }
        }
    }

    /// A request has its result.
    fn answered(&mut self, index: usize, code: u8, cookie: Option<Vec<u8>>) -> Result<(), String> {
        let connection = &mut self.connections[index];
        let Phase::Waiting(due) = connection.phase else { return Ok(()) };
        let operation = &self.streams[connection.stream].operation;
        if let (Course::Pages, Some(cookie)) = (operation.course, cookie) {
            let mut request = page(&format!("ou=people,{}", self.plan.base), &cookie);
            let so_far = connection.entries;
            let sent = connection.send(request.filled(connection.id, 0));
            connection.entries = so_far;
            return sent.map_err(|error| error.to_string());
        }
        let right = operation.entries.is_none_or(|entries| entries == connection.entries);
        if operation.course == Course::Fresh && code == 0 {
            connection.phase = Phase::Leaving(due);
            return connection.send(unbind().filled(connection.id, 0)).map_err(|error| error.to_string());
        }
        if code == 0 && right {
            self.done(index, due)
        } else {
            *self.streams[connection.stream].tally.refused.entry(code).or_default() += 1;
            self.next(index)
        }
    }

    /// The server has closed a connection.
    fn closed(&mut self, index: usize) -> Result<(), String> {
        let connection = &mut self.connections[index];
        let _ = epoll::delete(&self.epoll, &connection.socket);
        if let Phase::Leaving(began) = connection.phase {
            return self.done(index, began);
        }
        if connection.phase == Phase::Opening {
            return Err("the server closed a connection before its first bind was answered".to_owned());
        }
        connection.phase = Phase::Broken;
        self.streams[connection.stream].tally.broken += 1;
        Ok(())
    }

    /// An operation has succeeded.
    fn done(&mut self, index: usize, due: Instant) -> Result<(), String> {
        let stream = &mut self.streams[self.connections[index].stream];
        // An open stream counts by when a request was due, a closed one by when it ended.
        if self.counted_from.is_some_and(|from| stream.spec.rate.is_none() || due >= from) {
            stream.tally.times.push(nanoseconds(due.elapsed()));
        }
        self.next(index)
    }

    /// A connection is free again.
    fn next(&mut self, index: usize) -> Result<(), String> {
        let number = self.connections[index].stream;
        if self.streams[number].spec.rate.is_none() {
            return self.send(index, Instant::now());
        }
        self.connections[index].phase = Phase::Ready;
        self.streams[number].free.push_back(index);
        Ok(())
    }

    /// Requests of open streams that have no answer at the end count with the age they have reached.
    fn count_unanswered(&mut self) {
        let Some(from) = self.counted_from else { return };
        let waiting = self.connections.iter().filter_map(|connection| match connection.phase {
            Phase::Waiting(due) | Phase::Leaving(due) => Some((connection.stream, due)),
            Phase::Opening | Phase::Ready | Phase::Broken => None,
        });
        let mut open: Vec<(usize, Instant)> = waiting.collect();
        for (number, stream) in self.streams.iter().enumerate() {
            open.extend(stream.backlog.iter().map(|due| (number, *due)));
        }
        for (number, due) in open {
            let stream = &mut self.streams[number];
            if stream.spec.rate.is_some() && due >= from {
                stream.tally.times.push(nanoseconds(due.elapsed()));
                stream.tally.unanswered += 1;
            }
        }
    }
}
