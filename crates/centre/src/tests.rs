//! The centre as a clinic meets it: every call goes through the gateway, which checks echoes and
//! balances of every answer.

mod breadth;
mod clearing;
mod desk;
mod faults;
mod gate;
mod hostile;
mod http;
mod refusals;
mod rules;
mod statement;
mod story;
