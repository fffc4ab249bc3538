using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>The functions of libcrypto that the engine calls, as C declares them.</summary>
internal static unsafe partial class LibCrypto
{
    internal const string Library = "libcrypto.so.3";

    [LibraryImport(Library)]
    internal static partial byte* OpenSSL_version(int what);

    [LibraryImport(Library)]
    internal static partial ulong OpenSSL_version_num();

    [LibraryImport(Library)]
    internal static partial void* CRYPTO_malloc(nuint length, byte* file, int line);

    [LibraryImport(Library)]
    internal static partial ulong ERR_peek_error();

    [LibraryImport(Library)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Library)]
    internal static partial byte* ERR_reason_error_string(ulong error);

    [LibraryImport(Library)]
    internal static partial int BIO_get_new_index();

    [LibraryImport(Library)]
    internal static partial nint BIO_meth_new(int type, byte* name);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_read(nint method, void* callback);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_write(nint method, void* callback);

    [LibraryImport(Library)]
    internal static partial int BIO_meth_set_ctrl(nint method, void* callback);

    [LibraryImport(Library)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Library)]
    internal static partial void BIO_set_data(nint bio, nint value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial nint BIO_get_data(nint bio);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Library)]
    internal static partial nint BIO_new_mem_buf(void* bytes, int length);

    [LibraryImport(Library)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(Library)]
    internal static partial int BIO_read(nint bio, void* buffer, int length);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_X509(nint bio, nint* into, void* password, void* argument);

    [LibraryImport(Library)]
    internal static partial nint PEM_read_bio_PrivateKey(nint bio, nint* into, void* password, void* argument);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_base_id(nint key);

    [LibraryImport(Library)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Library)]
    internal static partial int i2d_X509(nint certificate, byte** bytes);

    [LibraryImport(Library)]
    internal static partial nint d2i_X509(nint* into, byte** bytes, nint length);

    [LibraryImport(Library)]
    internal static partial nint X509_get_subject_name(nint certificate);

    [LibraryImport(Library)]
    internal static partial int X509_NAME_print_ex(nint bio, nint name, int indent, ulong flags);

    [LibraryImport(Library)]
    internal static partial int X509_NAME_get_index_by_NID(nint name, int nid, int after);

    [LibraryImport(Library)]
    internal static partial nint X509_NAME_get_entry(nint name, int index);

    [LibraryImport(Library)]
    internal static partial nint X509_NAME_ENTRY_get_data(nint entry);

    [LibraryImport(Library)]
    internal static partial int ASN1_STRING_to_UTF8(byte** text, nint value);

    [LibraryImport(Library)]
    internal static partial void CRYPTO_free(void* memory, byte* file, int line);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get_ex_data(nint context, int index);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint context);

    [LibraryImport(Library)]
    internal static partial int X509_STORE_CTX_get_error_depth(nint context);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get_current_cert(nint context);

    [LibraryImport(Library)]
    internal static partial byte* X509_verify_cert_error_string(nint error);

    [LibraryImport(Library)]
    internal static partial int X509_VERIFY_PARAM_set1_ip_asc(nint parameters, byte* address);

    [LibraryImport(Library)]
    internal static partial void X509_VERIFY_PARAM_set_hostflags(nint parameters, uint flags);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_new_null();

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_push(nint stack, nint item);

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Library)]
    internal static partial void OPENSSL_sk_free(nint stack);

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_fetch(nint library, byte* name, byte* properties);

    [LibraryImport(Library)]
    internal static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library)]
    internal static partial int EVP_DecryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library)]
    internal static partial int EVP_MAC_CTX_set_params(nint context, CryptoParameter* parameters);

    [LibraryImport(Library)]
    internal static partial int RAND_bytes(byte* buffer, int length);
}
