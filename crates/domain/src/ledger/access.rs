//! What the access log tells.

text_enum! {
    /// What stands in the access log.
    pub enum AccessKind {
        /// A patient's record was opened by someone who does not treat here.
        Record = "record",
        /// A list of patients, or this log, was read by someone who does not treat here.
        List = "list",
        /// Someone signed in.
        SignedIn = "signed-in",
        /// A sign-in with a wrong password.
        WrongPassword = "wrong-password",
        /// The wrong password that locked the account.
        Locked = "locked",
        /// A user changed her own password.
        PasswordChanged = "password-changed",
        /// An administrator gave a user a new password.
        PasswordReset = "password-reset",
        /// The role did not permit what was asked for.
        Refused = "refused",
    }
}
