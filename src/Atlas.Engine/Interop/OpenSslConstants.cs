namespace Atlas.Engine.Interop;

/// <summary>Constants of OpenSSL's headers (ssl.h, tls1.h, sslerr.h, bio.h, crypto.h, err.h, x509.h), named as there.</summary>
internal static class OpenSslConstants
{
    internal const int OPENSSL_INIT_NO_ATEXIT = 0x80000;

    internal const int BIO_TYPE_SOURCE_SINK = 0x0400;
    internal const int BIO_CTRL_FLUSH = 11;
    internal const int BIO_FLAGS_READ = 1;
    internal const int BIO_FLAGS_WRITE = 2;
    internal const int BIO_FLAGS_SHOULD_RETRY = 8;

    internal const int TLS1_2_VERSION = 0x0303;
    internal const int TLS1_3_VERSION = 0x0304;

    internal const int SSL_CTRL_MODE = 33;
    internal const int SSL_CTRL_SET_READ_AHEAD = 41;
    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    internal const int SSL_CTRL_SET_MAX_CERT_LIST = 51;
    internal const int SSL_CTRL_SET_TLSEXT_SERVERNAME_CB = 53;
    internal const int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB = 63;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;
    internal const int SSL_CTRL_SET_GROUPS_LIST = 92;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    internal const int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

    internal const long SSL_OP_NO_TICKET = 1L << 14;
    internal const long SSL_OP_NO_COMPRESSION = 1L << 17;
    internal const long SSL_OP_PRIORITIZE_CHACHA = 1L << 21;
    internal const long SSL_OP_CIPHER_SERVER_PREFERENCE = 1L << 22;
    internal const long SSL_OP_NO_RENEGOTIATION = 1L << 30;

    internal const int SSL_MODE_ENABLE_PARTIAL_WRITE = 1;
    internal const int SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
    internal const int SSL_MODE_RELEASE_BUFFERS = 0x10;

    internal const int SSL_SESS_CACHE_OFF = 0;
    internal const int SSL_SESS_CACHE_CLIENT = 1;
    internal const int SSL_SESS_CACHE_NO_INTERNAL = 0x300;

    internal const int SSL_VERIFY_NONE = 0;
    internal const int SSL_VERIFY_PEER = 1;
    internal const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;

    internal const int SSL_SENT_SHUTDOWN = 1;
    internal const int SSL_RECEIVED_SHUTDOWN = 2;

    internal const int SSL_TLSEXT_ERR_OK = 0;
    internal const int SSL_TLSEXT_ERR_ALERT_FATAL = 2;
    internal const int SSL_TLSEXT_ERR_NOACK = 3;
    internal const int SSL_AD_NO_RENEGOTIATION = 100;
    internal const int SSL_AD_UNRECOGNIZED_NAME = 112;
    internal const int TLSEXT_NAMETYPE_host_name = 0;

    internal const int SSL_CB_EXIT = 2;
    internal const int SSL_CB_WRITE_ALERT = 0x4008;

    internal const int ERR_LIB_SSL = 20;

    internal const int SSL_R_NO_SUITABLE_KEY_SHARE = 101;
    internal const int SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM = 118;
    internal const int SSL_R_CERTIFICATE_VERIFY_FAILED = 134;
    internal const int SSL_R_HTTPS_PROXY_REQUEST = 155;
    internal const int SSL_R_HTTP_REQUEST = 156;
    internal const int SSL_R_NO_PROTOCOLS_AVAILABLE = 191;
    internal const int SSL_R_NO_SHARED_CIPHER = 193;
    internal const int SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE = 199;
    internal const int SSL_R_NO_APPLICATION_PROTOCOL = 235;
    internal const int SSL_R_UNSUPPORTED_PROTOCOL = 258;
    internal const int SSL_R_NO_SUITABLE_GROUPS = 295;
    internal const int SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS = 376;
    internal const int SSL_R_VERSION_TOO_LOW = 396;
    internal const int SSL_R_NO_SHARED_GROUPS = 410;
    internal const int SSL_R_TLSV1_ALERT_PROTOCOL_VERSION = 1070;
    internal const int SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL = 1120;

    internal const int OSSL_PARAM_UTF8_STRING = 4;
    internal const int OSSL_PARAM_OCTET_STRING = 5;

    internal const int NID_commonName = 13;

    internal const int X509_V_OK = 0;
    internal const int X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT = 2;
    internal const int X509_V_ERR_CERT_NOT_YET_VALID = 9;
    internal const int X509_V_ERR_CERT_HAS_EXPIRED = 10;
    internal const int X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT = 18;
    internal const int X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN = 19;
    internal const int X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20;
    internal const int X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE = 21;
    internal const int X509_V_ERR_HOSTNAME_MISMATCH = 62;
    internal const int X509_V_ERR_IP_ADDRESS_MISMATCH = 64;
    internal const int X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 4;
    internal const int XN_FLAG_RFC2253 = 0x1110317;
}
