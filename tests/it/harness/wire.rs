//! A bare connection to the LDAP port, for what no well-behaved client sends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection that sends any bytes and reads whole messages.
pub struct Wire {
    socket: TcpStream,
}

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

impl Wire {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Wire {
        Wire::over(TcpStream::connect_timeout(&address, PATIENCE).unwrap())
    }

    /// Connects from another address of this machine.
    pub fn connect_from(address: SocketAddr, source: [u8; 4]) -> Wire {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let connected = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::from((source, 0))).unwrap();
            socket.connect(address).await.unwrap().into_std().unwrap()
        });
        connected.set_nonblocking(false).unwrap();
        Wire::over(connected)
    }

    fn over(socket: TcpStream) -> Wire {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Wire { socket }
    }

    /// Waits for an answer as long as this, from now on.
    pub fn waits(&mut self, patience: Duration) {
        self.socket.set_read_timeout(Some(patience)).unwrap();
    }

    /// Sends `bytes`. A peer that has closed already shows in what is read.
    pub fn send(&mut self, bytes: &[u8]) -> &mut Wire {
        let _ = self.socket.write_all(bytes);
        self
    }

    /// Sends what these hexadecimal digits stand for.
    pub fn send_hex(&mut self, digits: &str) -> &mut Wire {
        self.send(&bytes(digits))
    }

    /// The next message in full, or none if the server has closed.
    ///
    /// # Panics
    /// If neither comes in time, or what comes is no message.
    pub fn message(&mut self) -> Option<Vec<u8>> {
        let mut message = vec![0; 2];
        if !self.fill(&mut message) {
            return None;
        }
        assert_eq!(message[0], 0x30, "not an LDAPMessage: {message:02x?}");
        let mut length = usize::from(message[1]);
        if length > 0x7f {
            let mut digits = vec![0; length & 0x7f];
            assert!(self.fill(&mut digits), "closed within a length");
            length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            message.extend(digits);
        }
        let mut content = vec![0; length];
        assert!(self.fill(&mut content), "closed within a message");
        message.extend(content);
        Some(message)
    }

    /// The result code of the next message that is a result; entries before it are passed over.
    pub fn code(&mut self) -> Option<u8> {
        loop {
            let message = self.message()?;
            let (_, content) = element(&message);
            let (_, id) = element(content);
            let (tag, operation) = element(&content[2 + id.len()..]);
            if tag != 0x64 {
                return Some(element(operation).1[0]);
            }
        }
    }

    /// Whether the server closes without another byte.
    pub fn is_closed(&mut self) -> bool {
        !self.fill(&mut [0])
    }

    /// Reads as many bytes as fit; false if the server closed before the first.
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.socket.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("no answer within {PATIENCE:?}: {error}"),
            }
        }
        assert!(filled == 0 || filled == bytes.len(), "closed after {filled} of {} bytes", bytes.len());
        filled == bytes.len()
    }
}

/// The tag and the content of the element that `bytes` begin with; it is known to be whole.
pub fn element(bytes: &[u8]) -> (u8, &[u8]) {
    let digits = if bytes[1] > 0x7f { usize::from(bytes[1] & 0x7f) } else { 0 };
    let length = match digits {
        0 => usize::from(bytes[1]),
        _ => bytes[2..2 + digits].iter().fold(0, |length, digit| length << 8 | usize::from(*digit)),
    };
    (bytes[0], &bytes[2 + digits..2 + digits + length])
}

/// An element with this tag and content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..=0x7f => bytes.push(length as u8),
        length => {
            bytes.push(0x84);
            bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// A simple bind, message id `id` (1 to 127).
pub fn bind(id: u8, dn: &str, password: &str) -> Vec<u8> {
    let request = [vec![2, 1, 3], tlv(4, dn.as_bytes()), tlv(0x80, password.as_bytes())].concat();
    tlv(0x30, &[vec![2, 1, id], tlv(0x60, &request)].concat())
}

/// The bytes that hexadecimal digits stand for.
pub fn bytes(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
