"""Tests of the machine on the network, without Home Assistant."""
