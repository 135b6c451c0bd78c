"""One scenario: play its steps, fill the Timeline, judge the recording."""
