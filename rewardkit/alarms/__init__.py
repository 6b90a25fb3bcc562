"""Signs of reward hacking: in a whole trace (`alarms`), and while a run goes on (`Live`, and `Log` for a trainer's log)."""

from __future__ import annotations

from rewardkit.alarms.alarm import Alarm, alarms
from rewardkit.alarms.live import Live
from rewardkit.alarms.log import Log
from rewardkit.alarms.steps import Step, Steps

__all__ = ["Alarm", "Live", "Log", "Step", "Steps", "alarms"]
