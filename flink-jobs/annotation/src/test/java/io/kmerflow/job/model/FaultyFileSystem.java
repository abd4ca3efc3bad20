package io.kmerflow.job.model;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.BlockLocation;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** The disk under the scheme {@code faulty}, which fails, stalls or cuts files short when it is told to. */
public final class FaultyFileSystem extends FileSystem {
    /** How it behaves. */
    enum Fault {
        NONE,
        FAILS,
        STALLS,
        CUTS
    }

    static volatile Fault fault = Fault.NONE;
    static volatile CountDownLatch stalled = new CountDownLatch(0);
    static final AtomicInteger OPENED = new AtomicInteger();

    private final LocalFileSystem disk = LocalFileSystem.getSharedInstance();

    /** Found by Flink as a service. */
    public static final class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return "faulty";
        }

        @Override
        public FileSystem create(URI uri) {
            return new FaultyFileSystem();
        }
    }

    private static Path local(Path path) {
        return new Path(path.getPath());
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        return open(path);
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
        OPENED.incrementAndGet();
        boolean model = path.getName().equals("model.onnx");
        if (model && fault == Fault.FAILS) {
            throw new IOException("connection reset");
        }
        FSDataInputStream in = disk.open(local(path));
        return model && fault != Fault.NONE ? new Faulty(in) : in;
    }

    private static final class Faulty extends FSDataInputStream {
        private final FSDataInputStream in;
        private int read;

        private Faulty(FSDataInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            if (read++ == 100) {
                if (fault == Fault.CUTS) {
                    return -1;
                }
                try {
                    stalled.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return read > 100 && fault == Fault.CUTS ? -1 : in.read();
        }

        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return disk.getFileStatus(local(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        return disk.listStatus(local(path));
    }

    @Override
    public FSDataOutputStream create(Path path, WriteMode mode) throws IOException {
        return disk.create(local(path), mode);
    }

    @Override
    public Path getWorkingDirectory() {
        return disk.getWorkingDirectory();
    }

    @Override
    public Path getHomeDirectory() {
        return disk.getHomeDirectory();
    }

    @Override
    public URI getUri() {
        return URI.create("faulty:///");
    }

    @Override
    public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length) throws IOException {
        return disk.getFileBlockLocations(file, start, length);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return disk.delete(local(path), recursive);
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        return disk.mkdirs(local(path));
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return disk.rename(local(from), local(to));
    }

    @Override
    public boolean isDistributedFS() {
        return true;
    }
}
