//! 9001 签到, 9002 签退 (nhsa-interface §1.7).

message! {
    /// 9001 input `signIn`.
    pub struct SignIn {
        /// 操作员编号 AN(20), required
        opter_no: String,
        /// 网卡地址 AN(20)
        mac: String,
        /// IP地址 AN(20), required
        ip: String,
    }

    /// 9001 input.
    pub struct SignInInput {
        /// 签到信息, object
        #[serde(rename = "signIn")]
        sign_in | "signIn": SignIn,
    }

    /// 9001 output `signinoutb`.
    pub struct SignInOutb {
        /// 签到时间 DT, required
        sign_time: String,
        /// 签到编号 AN(30), required
        sign_no: String,
    }

    /// 9001 output.
    pub struct SignedIn {
        /// 签到结果, object
        signinoutb: SignInOutb,
    }

    /// 9002 input `signOut`.
    pub struct SignOut {
        /// 签到编号 AN(30), required
        sign_no: String,
        /// 操作员编号 AN(20), required
        opter_no: String,
    }

    /// 9002 input.
    pub struct SignOutInput {
        /// 签退信息, object
        #[serde(rename = "signOut")]
        sign_out | "signOut": SignOut,
    }

    /// 9002 output `signoutoutb` (sic).
    pub struct SignOutOutb {
        /// 签退时间 DT, required
        sign_time: String,
    }

    /// 9002 output.
    pub struct SignedOut {
        /// 签退结果, object
        signoutoutb: SignOutOutb,
    }
}
