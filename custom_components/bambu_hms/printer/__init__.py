"""The machine on the network: its reports, its connection, its certificate, its model.

asyncio and MQTT, no Home Assistant.
"""
