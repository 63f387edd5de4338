//! Somebody at the people's pages: plain HTTP with cookies, as a browser without scripts would send it, and whatever no
//! browser would send.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A browser's memory of the pages: their address and their cookies.
#[derive(Clone, Debug)]
pub struct Pages {
    base: String,
    /// By name.
    pub cookies: BTreeMap<String, String>,
    /// Lines that each request carries beside its own.
    pub headers: Vec<(String, String)>,
}

/// What the pages answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header's lines, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Pages {
    /// Somebody who has never been at the pages of `base`, `http://127.0.0.1:PORT`.
    pub fn at(base: &str) -> Pages {
        Pages { base: base.trim_end_matches('/').to_owned(), cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// The same, with a browser in this language.
    pub fn in_language(base: &str, tag: &str) -> Pages {
        let mut pages = Pages::at(base);
        pages.headers.push(("Accept-Language".to_owned(), tag.to_owned()));
        pages
    }

    /// Where the pages listen.
    pub fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().unwrap()
    }

    /// Opens `path`, which may be a whole link.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Opens `path` and whatever it leads to.
    pub fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path);
        self.follow(answer)
    }

    /// Goes where `answer` leads, if it leads somewhere.
    pub fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            let Some(next) = answer.location().map(str::to_owned) else { return answer };
            answer = self.get(&next);
        }
        panic!("it leads in circles: {answer:?}");
    }

    /// Opens the page `page` and sends the form on it that goes to `path`, with `fields` filled in.
    pub fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.open(page);
        assert_eq!(shown.status, 200, "{page}: {shown:?}");
        assert!(shown.body.contains(&format!("action=\"{path}\"")), "{page} has no form for {path}: {}", shown.body);
        let login = shown.hidden("login");
        let whose: Vec<(&str, &str)> = login.iter().map(|login| ("login", login.as_str())).collect();
        self.post(path, &[&[("csrf", shown.csrf().as_str())], whose.as_slice(), fields].concat())
    }

    /// Signs in with a login or mail address, from the sign-in page.
    pub fn sign_in(&mut self, login: &str, password: &str) {
        let answer = self.submit("/sign-in", "/sign-in", &[("identifier", login), ("password", password)]);
        assert!(answer.status == 303 && self.cookies.contains_key("session"), "{login} is not let in: {answer:?}");
    }

    /// Sends `fields` to `path`.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_body(path, &encoded(fields))
    }

    /// Sends `body` as a form to `path`.
    pub fn post_body(&mut self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], body)
    }

    /// Sends a request with lines of one's own; one that this would send anyway takes its place.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let path = path.strip_prefix(&self.base).unwrap_or(path).to_owned();
        let head = self.head(method, if path.is_empty() { "/" } else { &path }, headers, body.len());
        let answer = exchange(self.address(), format!("{head}{body}").as_bytes());
        self.keep(&answer);
        answer
    }

    fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
        let own: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let named = |name: &str| own.iter().chain(&self.headers).any(|(own, _)| own.eq_ignore_ascii_case(name));
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !named("Host") {
            head += &format!("Host: {}\r\n", self.base.trim_start_matches("http://"));
        }
        if !named("Cookie") && !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        if length > 0 && !named("Content-Length") && !named("Transfer-Encoding") {
            head += &format!("Content-Length: {length}\r\n");
        }
        for (name, value) in self.headers.iter().chain(&own) {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    /// Keeps the cookies of `answer`, as a browser does.
    fn keep(&mut self, answer: &Answer) {
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() || attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Answer {
    /// The first value of the header line `name`.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Where it leads.
    pub fn location(&self) -> Option<&str> {
        self.header("location").filter(|_| (300..400).contains(&self.status))
    }

    /// The token of the forms on the page.
    pub fn csrf(&self) -> String {
        self.hidden("csrf").unwrap_or_else(|| panic!("no form: {self:?}"))
    }

    /// What the first hidden field `name` says, if there is one.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    /// What is read on the page: without marks, with blanks as one.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for character in self.body.chars() {
            match character {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                other if !inside => text.push(other),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All that a stranger could compare: status, header lines but the date and secrets, body without secrets.
    pub fn comparable(&self) -> String {
        let hide = |value: &str| value.split(';').map(|part| part.split('=').next().unwrap_or_default()).collect::<Vec<_>>().join(";");
        let mut text = format!("{}\n", self.status);
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "date") {
            let value = if name == "set-cookie" { hide(value) } else { value.clone() };
            text += &format!("{name}: {value}\n");
        }
        text + &self.body
    }
}

/// The answer to a whole request, over a connection of its own.
pub fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A daemon that refuses early may close before all is written; its answer is there all the same.
    let _ = stream.write_all(request);
    read_answer(&mut stream)
}

/// Reads an answer to its end.
pub fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("no answer within {PATIENCE:?}: {error}"),
        }
    }
    parsed(&String::from_utf8_lossy(&bytes))
}

fn parsed(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_else(|| panic!("no status: {head}"));
    let headers =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}

/// `fields` as a form sends them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    pairs.join("&")
}

fn percent(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
