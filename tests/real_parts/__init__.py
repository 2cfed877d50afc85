"""The servers, the browser and the data that tests run against: real ones, or named as missing."""
