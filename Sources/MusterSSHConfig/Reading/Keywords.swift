/// What is known of ssh's keywords beyond those that Muster heeds; all in lower case.
enum Keywords {
    /// Older names of keywords, which ssh still takes.
    static let aliases = [
        "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms", "identityfile2": "identityfile",
        "challengeresponseauthentication": "kbdinteractiveauthentication", "skeyauthentication": "kbdinteractiveauthentication",
        "tisauthentication": "kbdinteractiveauthentication", "keepalive": "tcpkeepalive",
    ]

    /// Keywords that change where a login goes, and that Muster can't follow.
    static let unsupported: Set<String> = [
        "canonicaldomains", "canonicalizefallbacklocal", "canonicalizehostname", "canonicalizemaxdots", "canonicalizepermittedcnames",
        "ignoreunknown", "tag",
    ]

    /// Keywords about what Muster does not do, or does its own way.
    static let unused: Set<String> = [
        "addkeystoagent", "afstokenpassing", "batchmode", "cipher", "clearallforwardings", "compressionlevel", "controlmaster",
        "controlpath", "controlpersist", "dsaauthentication", "dynamicforward", "enableescapecommandline", "escapechar",
        "exitonforwardfailure", "fallbacktorsh", "fingerprinthash", "forkafterauthentication", "forwardagent", "forwardx11",
        "forwardx11timeout", "forwardx11trusted", "gatewayports", "globalknownhostsfile2", "kerberosauthentication",
        "kerberostgtpassing", "localcommand", "localforward", "loglevel", "logverbose", "numberofpasswordprompts",
        "permitlocalcommand", "permitremoteopen", "protocol", "remotecommand", "remoteforward", "requesttty", "rhostsauthentication",
        "rhostsrsaauthentication", "rsaauthentication", "sessiontype", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink",
        "syslogfacility", "tunnel", "tunneldevice", "updatehostkeys", "useblacklistedkeys", "useprivilegedport", "user2",
        "userknownhostsfile2", "usersh", "useroaming", "versionaddendum", "visualhostkey", "xauthlocation",
    ]

    /// Keywords that change whether a login works, and that only the system's ssh follows.
    static let decisive: Set<String> = [
        "bindinterface", "casignaturealgorithms", "connectionattempts", "gssapiauthentication", "gssapiclientidentity",
        "gssapidelegatecredentials", "gssapikexalgorithms", "gssapikeyexchange", "gssapirenewalforcesrekey", "gssapiserveridentity",
        "gssapitrustdns", "hostbasedacceptedalgorithms", "hostbasedacceptedkeytypes", "hostbasedauthentication", "hostbasedkeytypes",
        "knownhostscommand", "nohostauthenticationforlocalhost", "pkcs11provider", "proxyusefdpass", "refuseconnection",
        "requiredrsasize", "revokedhostkeys", "securitykeyprovider", "smartcarddevice", "verifyhostkeydns",
    ]

    /// Keywords that the system's ssh follows, and that a login seldom depends on.
    static let slight: Set<String> = [
        "channeltimeout", "checkhostip", "enablesshkeysign", "hashknownhosts", "ipqos", "kbdinteractivedevices",
        "obscurekeystroketiming", "rekeylimit", "sendenv", "setenv", "usekeychain", "warnweakcrypto",
    ]

    /// Whether the system's ssh is handed a line with this keyword; one that nobody knows here may be newer than this list.
    static func isForOpenSSH(_ keyword: String) -> Bool {
        !unsupported.contains(keyword) && !unused.contains(keyword)
    }

    /// Criteria of `Match` that depend on what Muster does not know or does not do.
    static let unsupportedCriteria: Set<String> = ["exec", "localnetwork", "tagged", "command", "version", "sessiontype"]
}
