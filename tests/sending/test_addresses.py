"""Which addresses anybody may be sent to: the ones that are not this machine's or its network's."""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.sending.addresses import is_public, looked_up, public_among
from triage.sending.answers import NoAnswer
from triage.sending.line import Line

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1"),
    *("168.63.129.16", "::ffff:168.63.129.16"),
    *("2002:7f00:1::", "2002:a00:1::", "2001:0:53aa:64c:0:0:80ff:fffe", "64:ff9b:1::1"),
)
PUBLIC = ("93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")


@pytest.mark.parametrize("address", PRIVATE)
def test_what_only_this_machine_or_its_network_reaches_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_however_it_is_written_in_ipv6(inner: IPv4Address) -> None:
    number, expected = int(inner), is_public(str(inner))
    assert is_public(f"::ffff:{inner}") is expected
    assert is_public(str(IPv6Address((0x64FF9B << 96) | number))) is expected
    assert is_public(str(IPv6Address((0x2002 << 112) | (number << 80)))) is expected


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_that_python_calls_private_is_public(address: IPv6Address) -> None:
    if is_public(str(address)) and address.ipv4_mapped is None:
        assert ip_address(str(address)).is_global


def test_of_several_addresses_the_private_ones_are_passed_over() -> None:
    assert public_among(["10.0.0.1", "93.184.215.14"]) == ["93.184.215.14"]
    with pytest.raises(NoAnswer, match=r"its address 10\.0\.0\.1 is private"):
        public_among(["10.0.0.1", "::1"])


def test_a_name_that_is_none_is_said_to_be_unknown() -> None:
    with pytest.raises(NoAnswer, match="not known here"):
        looked_up("a" * 70 + ".invalid", 443, 5.0)
    assert looked_up("127.0.0.1", 80, 5.0) == ["127.0.0.1"]


def test_addresses_share_one_time_limit() -> None:
    def slow(_host: str, _port: int, seconds: float) -> list[str]:
        time.sleep(seconds)
        return ["127.0.0.1"]

    line = Line("http://receiver.test/", {}, 0.05, addresses=slow)
    with pytest.raises(NoAnswer, match=r"within 0\.05 s"):
        line.post(b"{}")
