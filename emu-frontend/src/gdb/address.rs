//! Where the server listens: `PORT`, `:PORT` or `HOST:PORT`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name or a number of a host; this one unless it was given.
    pub host: String,
    /// 0: any that is free.
    pub port: u16,
}

impl Address {
    /// Reads one; the error is one line.
    pub fn parse(text: &str) -> Result<Address, String> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let port = port
            .parse()
            .map_err(|_| "give PORT or HOST:PORT, with a port from 0 to 65535".to_owned())?;
        // An address of six parts stands in brackets.
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let host = match bare.unwrap_or(host) {
            "" => Ipv4Addr::LOCALHOST.to_string(),
            host => host.to_owned(),
        };
        Ok(Address { host, port })
    }

    /// Whether only this computer can reach it.
    pub fn is_loopback(&self) -> bool {
        let number: Option<IpAddr> = self.host.parse().ok();
        number.map_or(self.host == "localhost", |number| number.is_loopback())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_host_is_for_this_computer_only() {
        for (text, shown, is_loopback) in [
            ("1234", "127.0.0.1:1234", true),
            (":1234", "127.0.0.1:1234", true),
            ("localhost:0", "localhost:0", true),
            ("[::1]:5", "[::1]:5", true),
            ("0.0.0.0:5", "0.0.0.0:5", false),
            ("some.where:5", "some.where:5", false),
        ] {
            let address = Address::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.is_loopback(), is_loopback, "{text}");
        }
        for text in ["", ":", "x", "65536", "host:", "1:2:x"] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
