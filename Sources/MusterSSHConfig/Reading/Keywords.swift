/// What is known of ssh's keywords beyond those that Muster heeds; all in lower case.
enum Keywords {
    /// Older names of keywords, which ssh still takes.
    static let aliases = [
        "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms", "identityfile2": "identityfile",
        "challengeresponseauthentication": "kbdinteractiveauthentication", "skeyauthentication": "kbdinteractiveauthentication",
        "tisauthentication": "kbdinteractiveauthentication", "keepalive": "tcpkeepalive",
    ]

    /// Keywords that change where a login goes or whether it works, and that Muster can't follow.
    static let unsupported: Set<String> = [
        "bindinterface", "canonicaldomains", "canonicalizefallbacklocal", "canonicalizehostname", "canonicalizemaxdots",
        "canonicalizepermittedcnames", "casignaturealgorithms", "connectionattempts",
        "hostbasedauthentication", "ignoreunknown", "knownhostscommand", "nohostauthenticationforlocalhost", "pkcs11provider",
        "proxyusefdpass", "requiredrsasize", "revokedhostkeys", "securitykeyprovider", "tag", "verifyhostkeydns",
    ]

    /// Keywords about what Muster does not do.
    static let unused: Set<String> = [
        "addkeystoagent", "afstokenpassing", "batchmode", "channeltimeout", "checkhostip", "cipher", "clearallforwardings",
        "compressionlevel", "controlmaster", "controlpath", "controlpersist", "dsaauthentication", "dynamicforward",
        "enableescapecommandline", "enablesshkeysign", "escapechar", "exitonforwardfailure", "fallbacktorsh", "fingerprinthash",
        "forkafterauthentication", "forwardagent", "forwardx11", "forwardx11timeout", "forwardx11trusted", "gatewayports",
        "globalknownhostsfile2", "gssapiauthentication", "gssapiclientidentity", "gssapidelegatecredentials", "gssapikexalgorithms",
        "gssapikeyexchange",
        "gssapirenewalforcesrekey", "gssapiserveridentity", "gssapitrustdns", "hashknownhosts", "hostbasedacceptedalgorithms",
        "hostbasedacceptedkeytypes", "hostbasedkeytypes", "ipqos", "kbdinteractivedevices", "kerberosauthentication",
        "kerberostgtpassing", "localcommand", "localforward", "loglevel", "logverbose", "numberofpasswordprompts",
        "obscurekeystroketiming", "permitlocalcommand", "permitremoteopen", "protocol", "refuseconnection", "rekeylimit",
        "remotecommand", "remoteforward", "requesttty", "rhostsauthentication", "rhostsrsaauthentication", "rsaauthentication",
        "sendenv", "sessiontype", "setenv", "smartcarddevice", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink",
        "syslogfacility", "tunnel", "tunneldevice", "updatehostkeys", "useblacklistedkeys", "usekeychain", "useprivilegedport",
        "user2", "userknownhostsfile2", "usersh", "useroaming", "versionaddendum", "visualhostkey", "warnweakcrypto",
        "xauthlocation",
    ]

    /// Criteria of `Match` that depend on what Muster does not know or does not do.
    static let unsupportedCriteria: Set<String> = ["exec", "localnetwork", "tagged", "command", "version", "sessiontype"]
}
