"""Tests of the automation blueprints: real automations, simulated printers, phones that listen."""
